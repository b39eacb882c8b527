//! A running device, for other threads.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};

use client_lite::{ChangesFull, Client, Instant, Path};
use mio::Waker;

use crate::Application;

/// A running [`Device`](crate::Device), for other threads. No method waits; what becomes of a
/// command is told by [`Application::event`].
///
/// After the device has stopped, commands do nothing.
pub struct Handle<A> {
    inputs: Sender<Input<A>>,
    waker: Arc<Waker>,
}

/// What a handle asks of the device's thread.
pub(crate) enum Input<A> {
    Call(Call<A>),
    Stop,
}

type Call<A> = Box<dyn FnOnce(&mut A, &mut Client<'_>, Instant) + Send>;

impl<A: Application + 'static> Handle<A> {
    pub(crate) fn new(inputs: Sender<Input<A>>, waker: Arc<Waker>) -> Self {
        Self { inputs, waker }
    }

    /// [`Client::register`]
    pub fn register(&self) {
        self.with(|_, client, now| client.register(now));
    }

    /// [`Client::update`]
    pub fn update(&self) {
        self.with(|_, client, now| client.update(now));
    }

    /// [`Client::close`]
    pub fn close(&self) {
        self.with(|_, client, now| client.close(now));
    }

    /// [`Client::pause`]. The socket stays open, and a DTLS session stays usable.
    pub fn pause(&self) {
        self.with(|_, client, now| client.pause(now));
    }

    /// [`Client::resume`]
    pub fn resume(&self) {
        self.with(|_, client, now| client.resume(now));
    }

    /// [`Client::send`]
    pub fn send(&self, path: Path) -> Receiver<Result<(), ChangesFull>> {
        self.with(move |_, client, _| client.send(path))
    }

    /// Changes a value, then tells the client by [`Client::changed`].
    pub fn change(
        &self,
        path: Path,
        change: impl FnOnce(&mut A) + Send + 'static,
    ) -> Receiver<Result<(), ChangesFull>> {
        self.with(move |application, client, _| {
            change(application);
            client.changed(path, &mut application.objects())
        })
    }

    /// Runs `call` on the device's thread. Its result can be received, or ignored; there is none
    /// where the device has stopped before.
    pub fn with<R: Send + 'static>(
        &self,
        call: impl FnOnce(&mut A, &mut Client<'_>, Instant) -> R + Send + 'static,
    ) -> Receiver<R> {
        let (sender, receiver) = mpsc::channel();
        self.put(Input::Call(Box::new(move |application, client, now| {
            let _ = sender.send(call(application, client, now));
        })));
        receiver
    }

    /// Ends [`Device::run`](crate::Device::run), without de-registering.
    pub fn stop(&self) {
        self.put(Input::Stop);
    }

    fn put(&self, input: Input<A>) {
        // Fails where the device has stopped.
        if self.inputs.send(input).is_ok() {
            let _ = self.waker.wake();
        }
    }
}

impl<A> Clone for Handle<A> {
    fn clone(&self) -> Self {
        Self {
            inputs: self.inputs.clone(),
            waker: self.waker.clone(),
        }
    }
}
