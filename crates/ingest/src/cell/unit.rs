//! Numbers with a unit behind (or a currency in front), as dashboards write them for people.
