//! One load: from the servers' addresses to their first data set, and on.

use super::line::Line;
use super::{fetch, follow};
use crate::bridge::{Fault, Input, Pause, READING_SHARE, Remedy, Server};
use gloo_timers::future::TimeoutFuture;
use prometheus::{Ask, Error, Live, Scope, Servers};

/// How often it is looked whether the first analysis is through.
const LOOK_MS: u32 = 100;

/// Asks the servers one after the other, hands what they have to the analysis, and follows them once that is through.
pub(super) async fn load(line: &Line, generation: u32, input: Input) {
    // Files are for the reader.
    let Input::Prometheus { servers: asked, end_ms, settings } = input else { return };
    let address = asked.first().map_or("", |server| server.address.as_str());
    let scope = match Scope::of(&settings) {
        Ok(scope) => scope,
        Err(error) => return line.page.say_failed(generation, asking(address, 0, &error)),
    };
    let pause = Pause::default();
    let mut servers = Servers::default();
    let share = |number: usize| READING_SHARE * number as f64 / asked.len() as f64;
    for (number, Server { address, access }) in asked.iter().enumerate() {
        let live = match Ask::of_scope_at(address, &scope, end_ms, number) {
            Ok(ask) => {
                let shares = (share(number), share(number + 1));
                match fetch::fetch(line, generation, &pause, ask.clone(), access, shares).await {
                    Ok(Some(fetch)) => Ok(Live::new(fetch, follow::now_ms())),
                    Ok(None) => return,
                    Err(error) => Live::unread(ask, &error, follow::now_ms(), follow::seed()),
                }
            }
            Err(error) => Err(error),
        };
        servers.push(address.as_str(), live);
    }
    let service_label = scope.service_label.unwrap_or_default();
    match servers.dataset() {
        Ok(dataset) => line.send(generation, dataset, &service_label),
        Err(error) => return line.page.say_failed(generation, asking(address, 0, &error)),
    }
    while !line.is_analysed.get() {
        TimeoutFuture::new(LOOK_MS).await;
        if !line.wants(generation) {
            return;
        }
    }
    let access = asked.into_iter().map(|server| server.access).collect();
    follow::follow(line, generation, &pause, servers, access, &service_label).await;
}

/// The page's panel finds out why a request failed, of which browsers say nothing, and takes what the server wants to know.
/// `number` is which of the servers of the load it was.
fn asking(address: &str, number: usize, error: &Error) -> Fault {
    Fault { title: format!("No data from {address}"), message: error.on_page(), remedy: Remedy::Connect(number) }
}
