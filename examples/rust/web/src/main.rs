//! A sign-up site for health professionals: from Pro Santé Connect to an active account.
//!
//! It is the example to start from, and uses nothing but the SDK's public API. Read `routes.rs` first: it is the map.

mod app;
mod failure;
mod journal;
mod local;
mod pages;
mod posted;
mod routes;
mod security;
mod session;
mod settings;
mod terms;
mod text;

use app::{App, Start};
use clap::Parser;
use settings::Settings;
use std::net::SocketAddr;
use std::process::ExitCode;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    match serve(Settings::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(mut settings: Settings) -> Start<()> {
    let said = |error: std::io::Error| error.to_string();
    let listener = TcpListener::bind(settings.listen).await.map_err(said)?;
    let address = listener.local_addr().map_err(said)?;
    // With port 0 the kernel chooses; the base URL then ends in `:0` and takes the port over.
    if let Some(host) = settings.base_url.strip_suffix(":0") {
        settings.base_url = format!("{host}:{}", address.port());
    }
    settings.check()?;
    let app = App::new(settings).await?;
    println!("{} is at {}", app.settings.service, app.settings.base_url);
    let workers = [tokio::spawn(app.clone().work()), tokio::spawn(app.clone().log())];
    let service = routes::router(app).into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service).with_graceful_shutdown(stop()).await;
    workers.iter().for_each(tokio::task::JoinHandle::abort);
    served.map_err(said)
}

/// Waits for Ctrl-C, or for what a service manager sends.
async fn stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! { _ = terminated.recv() => {}, _ = interrupted => {} }
            return;
        }
    }
    interrupted.await.unwrap_or_default();
}
