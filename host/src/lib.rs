//! Client Lite on a host.
