//! stub
#[derive(Default)]
pub struct Guard;
pub async fn serve(
    listener: tokio::net::TcpListener,
    app: poem::endpoint::BoxEndpoint<'static, poem::Response>,
    _g: Guard,
    stop: impl std::future::Future<Output = ()>,
) -> std::io::Result<()> {
    poem::Server::new_with_acceptor(poem::listener::TcpAcceptor::from_tokio(listener)?)
        .run_with_graceful_shutdown(app, stop, Some(std::time::Duration::from_secs(5)))
        .await
}
