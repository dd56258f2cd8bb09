//! Posts one message to an address of the site's choice, such as a chat or a pager.

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;

/// Posts JSON; says why that did not go. It follows nobody elsewhere.
pub fn post(address: &str, json: String, limit: Duration) -> Result<(), String> {
    let failed = |error: reqwest::Error| format!("the webhook: {}", error.without_url());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("the webhook: {error}"))?;
    let sent = runtime.block_on(async {
        let client = reqwest::Client::builder().redirect(Policy::none()).timeout(limit).build()?;
        let request = client.post(address).header(CONTENT_TYPE, "application/json").body(json);
        request.send().await
    });
    let status = sent.map_err(failed)?.status();
    if status.is_success() { Ok(()) } else { Err(format!("the webhook answered {status}")) }
}
