//! Programs from the distribution's packages.

use anyhow::{Context, Result, bail};

use super::announce;
use crate::project::Project;
use crate::tool;

/// A program we call, and the Debian package that brings it.
pub(crate) struct Packaged {
    program: &'static str,
    package: &'static str,
}

/// The browser, its driver, the real servers that the tests talk to, and those that are put in front of them.
pub(crate) const FOR_TESTS: &[Packaged] = &[
    Packaged { program: "node", package: "nodejs" },
    Packaged { program: "npm", package: "npm" },
    Packaged { program: "chromium", package: "chromium" },
    Packaged { program: "chromedriver", package: "chromium-driver" },
    Packaged { program: "prometheus", package: "prometheus" },
    Packaged { program: "promtool", package: "prometheus" },
    Packaged { program: "prometheus-node-exporter", package: "prometheus-node-exporter" },
    Packaged { program: "victoria-metrics", package: "victoria-metrics" },
    Packaged { program: "prometheus-alertmanager", package: "prometheus-alertmanager" },
    Packaged { program: "/usr/sbin/nginx", package: "nginx-light" },
    Packaged { program: "caddy", package: "caddy" },
];

/// Debian's own compiler with the sources of the standard library, and its wasm linker.
pub(crate) const WASM_COMPILER: &[Packaged] = &[
    Packaged { program: "/usr/bin/rustc", package: "rustc-web" },
    Packaged { program: "/usr/bin/cargo", package: "cargo-web" },
    Packaged { program: "wasm-ld-22", package: "lld-22" },
];

/// The sources have no program to look for.
pub(crate) const WASM_SOURCES: &str = "rust-web-src";

/// Installs the packages whose programs are missing.
pub(crate) fn ensure(project: &Project, wanted: &[Packaged]) -> Result<()> {
    let mut missing: Vec<&str> = wanted
        .iter()
        .filter(|packaged| tool::find(project, packaged.program).is_none())
        .map(|packaged| packaged.package)
        .collect();
    missing.dedup();
    install(project, &missing)
}

/// Installs packages by name, without the services some of them would start.
pub(crate) fn install(project: &Project, packages: &[&str]) -> Result<()> {
    if packages.is_empty() {
        return Ok(());
    }
    let list = packages.join(" ");
    if tool::find(project, "apt-get").is_none() {
        bail!("these Debian packages are needed, and this machine has no apt-get: {list}");
    }
    announce(&format!("apt-get install {list}"), "1 to 3 min");
    // We want the programs, not running servers: policy-rc.d with 101 forbids that packages start services,
    // and the units are not to start with the machine either.
    // One that is there already is the administrator's and stays.
    let script = "\
set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  printf '#!/bin/sh\\nexit 101\\n' > $policy
  chmod 755 $policy
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -q update
apt-get -q install --yes --no-install-recommends -o DPkg::Lock::Timeout=300 \"$@\"
for package; do
  # The service of nginx-light is called nginx.
  service=${package%-light}.service
  if [ -e /lib/systemd/system/$service ] && command -v systemctl > /dev/null; then
    systemctl disable --quiet $service || true
  fi
done
";
    let mut command = if is_root(project)? {
        tool::command(project, "sh")
    } else if tool::find(project, "sudo").is_some() {
        let mut sudo = tool::command(project, "sudo");
        // A password may be asked for.
        sudo.arg("sh").stdin(std::process::Stdio::inherit());
        sudo
    } else {
        bail!("installing packages needs root, and there is no sudo; as root: apt-get install {list}");
    };
    tool::run(command.args(["-c", script, "setup"]).args(packages))
        .with_context(|| format!("the packages {list} could not be installed"))
}

fn is_root(project: &Project) -> Result<bool> {
    Ok(tool::output(tool::command(project, "id").arg("-u"))?.trim() == "0")
}
