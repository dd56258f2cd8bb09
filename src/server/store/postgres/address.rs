//! The address of a PostgreSQL database, and the line to it: plain, or TLS with a verified server.

use std::net::IpAddr;
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use super::super::error::StoreError;
use super::told;

/// What a line to another machine must say.
const SAY: &str = "add sslmode=verify-full&sslrootcert=FILE, or sslmode=disable where nobody else \
                   is on that network";

/// Where a database is, and how it is spoken to.
pub(super) struct Address {
    pub(super) config: Config,
    /// Nothing where the line is plain.
    pub(super) tls: Option<ClientConfig>,
}

impl Address {
    /// Reads `postgres://…`. Of the ways of TLS that PostgreSQL's own clients know, one is taken: the
    /// server's certificate and name are verified (`sslmode=verify-full`) by authorities that a file
    /// names (`sslrootcert`). A line that anybody between could read is opened to another machine only
    /// where the address says so.
    pub(super) fn parse(url: &str) -> Result<Self, StoreError> {
        let (place, parameters) = url.split_once('?').unwrap_or((url, ""));
        let mut kept = Vec::new();
        let (mut mode, mut roots) = (None, None);
        for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
            match parameter.split_once('=') {
                Some(("sslmode", value)) => mode = Some(value),
                Some(("sslrootcert", value)) => roots = Some(value),
                Some(_) | None => kept.push(parameter),
            }
        }
        let rest = format!("{place}?{}", kept.join("&"));
        let mut config: Config =
            rest.parse().map_err(|error: tokio_postgres::Error| wrong(told(&error)))?;
        let tls = match (mode, roots) {
            (Some("verify-full"), Some(file)) => Some(verified(file)?),
            (Some("verify-full"), None) => {
                return Err(wrong(
                    "sslmode=verify-full needs sslrootcert=FILE, the authority in PEM",
                ));
            }
            (Some("disable"), None) => None,
            (Some("disable") | None, Some(_)) => {
                return Err(wrong("sslrootcert goes with sslmode=verify-full"));
            }
            (None, None) => match elsewhere(&config) {
                Some(host) => return Err(wrong(format!("{host} is another machine: {SAY}"))),
                None => None,
            },
            (Some(other), _) => {
                let why =
                    "a line that is encrypted and not verified can be read by who stands between";
                return Err(wrong(format!("sslmode={other} is not taken: {why}; {SAY}")));
            }
        };
        config.ssl_mode(if tls.is_some() { SslMode::Require } else { SslMode::Disable });
        Ok(Self { config, tls })
    }
}

/// The first host that is another machine. An address of its own counts, whatever name goes with it.
fn elsewhere(config: &Config) -> Option<String> {
    let addresses = config.get_hostaddrs().iter().filter(|address| !address.is_loopback());
    let hosts =
        config.get_hosts().iter().filter(|host| !is_here(host)).filter_map(|host| match host {
            Host::Tcp(name) => Some(name.clone()),
            Host::Unix(_) => None,
        });
    addresses.map(ToString::to_string).chain(hosts).next()
}

/// Whether nothing of the line leaves this machine.
fn is_here(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        }
    }
}

/// TLS with a server whose certificate one of the authorities of this file signed for its name.
fn verified(file: &str) -> Result<ClientConfig, StoreError> {
    let file = percent_decode_str(file).decode_utf8_lossy();
    let cannot = |why: &dyn std::error::Error| wrong(format!("sslrootcert {file}: {}", told(why)));
    let found = CertificateDer::pem_file_iter(&*file).map_err(|error| cannot(&error))?;
    let mut roots = RootCertStore::empty();
    for certificate in found {
        let certificate = certificate.map_err(|error| cannot(&error))?;
        roots.add(certificate).map_err(|error| cannot(&error))?;
    }
    if roots.is_empty() {
        return Err(wrong(format!("sslrootcert {file}: no certificate is in it (PEM)")));
    }
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(ring).with_safe_default_protocol_versions();
    let config = config.map_err(|error| cannot(&error))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

fn wrong(what: impl Into<String>) -> StoreError {
    StoreError::Failed { what: what.into() }
}
