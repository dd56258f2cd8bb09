//! The plant's own certificate authority: made once, pinned by every station.

use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;

use axum_server::tls_rustls::RustlsConfig;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};

use super::error::ServerError;

/// The certificate that stations pin.
pub(super) const CA_FILE: &str = "ca.pem";
pub(super) const CA_KEY_FILE: &str = "ca.key";

/// Makes the authority where it is not there, and a fresh certificate for this start.
pub(super) async fn config(
    dir: &Path,
    addr: SocketAddr,
    names: &[String],
) -> Result<RustlsConfig, ServerError> {
    let (der, key) = leaf(dir, addr, names)?;
    // A second provider is not installed over the first; that one will do as well.
    rustls::crypto::ring::default_provider().install_default().unwrap_or_default();
    let config = RustlsConfig::from_der(vec![der], key).await;
    config.map_err(|error| ServerError::authority(dir, error))
}

fn leaf(dir: &Path, addr: SocketAddr, names: &[String]) -> Result<(Vec<u8>, Vec<u8>), ServerError> {
    let file = dir.join(CA_KEY_FILE);
    let wrong = |error: rcgen::Error| ServerError::authority(&file, error);
    let params = authority_params().map_err(wrong)?;
    let ca_key = if file.exists() {
        let pem = fs::read_to_string(&file).map_err(|e| ServerError::authority(&file, e))?;
        KeyPair::from_pem(&pem).map_err(wrong)?
    } else {
        let key = KeyPair::generate().map_err(wrong)?;
        let certificate = params.self_signed(&key).map_err(wrong)?;
        write(dir, CA_FILE, &certificate.pem())?;
        write(dir, CA_KEY_FILE, &key.serialize_pem())?;
        key
    };
    let issuer = Issuer::new(params, ca_key);
    let mut names = names.to_vec();
    names.extend(["localhost".to_owned(), addr.ip().to_string()]);
    let key = KeyPair::generate().map_err(wrong)?;
    let mut params = CertificateParams::new(names).map_err(wrong)?;
    params.distinguished_name.push(DnType::CommonName, "gemba server");
    let certificate = params.signed_by(&key, &issuer).map_err(wrong)?;
    Ok((certificate.der().to_vec(), key.serialize_der()))
}

fn authority_params() -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.distinguished_name.push(DnType::CommonName, "gemba plant authority");
    Ok(params)
}

/// Writes a file that only its owner reads, whole or not at all.
fn write(dir: &Path, name: &str, text: &str) -> Result<(), ServerError> {
    let file = dir.join(name);
    let failed = |error: std::io::Error| ServerError::authority(&file, error);
    let mut temporary = tempfile::NamedTempFile::new_in(dir).map_err(failed)?;
    temporary.write_all(text.as_bytes()).map_err(failed)?;
    temporary.as_file().sync_all().map_err(failed)?;
    temporary.persist(&file).map_err(|error| failed(error.error))?;
    Ok(())
}
