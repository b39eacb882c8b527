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
    Register,
    Close,
    Stop,
}

pub(crate) type Call<A> = Box<dyn FnOnce(&mut A, &mut [&mut Client<'_>], Instant) + Send>;

impl<A: Application + 'static> Handle<A> {
    pub(crate) fn new(inputs: Sender<Input<A>>, waker: Arc<Waker>) -> Self {
        Self { inputs, waker }
    }

    /// [`Client::register`]; of several clients each when its turn comes.
    pub fn register(&self) {
        self.put(Input::Register);
    }

    /// [`Client::update`]
    pub fn update(&self) {
        self.each(|client, now| client.update(now));
    }

    /// [`Client::close`]
    pub fn close(&self) {
        self.put(Input::Close);
    }

    /// [`Client::pause`]. The socket stays open, and a DTLS session stays usable.
    pub fn pause(&self) {
        self.each(|client, now| client.pause(now));
    }

    /// [`Client::resume`]
    pub fn resume(&self) {
        self.each(|client, now| client.resume(now));
    }

    /// [`Client::objects_changed`]: after instances that the application has made or removed.
    pub fn objects_changed(&self) {
        self.each(|client, now| client.objects_changed(now));
    }

    /// [`Client::send`]. An error where one of the clients has one.
    pub fn send(&self, path: Path) -> Receiver<Result<(), ChangesFull>> {
        self.with_all(move |_, clients, now| all(clients, |client| client.send(now, path)))
    }

    /// Changes a value, then tells the client by [`Client::changed`]. An error where one of the
    /// clients has one.
    pub fn change(
        &self,
        path: Path,
        change: impl FnOnce(&mut A) + Send + 'static,
    ) -> Receiver<Result<(), ChangesFull>> {
        self.with_all(move |application, clients, now| {
            change(application);
            application
                .with_objects(|objects| all(clients, |client| client.changed(now, path, objects)))
        })
    }

    /// Runs `call` on the device's thread; of several clients it has the first. Its result can be
    /// received, or ignored; there is none where the device has stopped before.
    pub fn with<R: Send + 'static>(
        &self,
        call: impl FnOnce(&mut A, &mut Client<'_>, Instant) -> R + Send + 'static,
    ) -> Receiver<R> {
        let (sender, receiver) = mpsc::channel();
        self.put(Input::Call(Box::new(move |application, clients, now| {
            if let [client, ..] = clients {
                let _ = sender.send(call(application, client, now));
            }
        })));
        receiver
    }

    /// The same with all clients, in the order of their configurations.
    pub fn with_all<R: Send + 'static>(
        &self,
        call: impl FnOnce(&mut A, &mut [&mut Client<'_>], Instant) -> R + Send + 'static,
    ) -> Receiver<R> {
        let (sender, receiver) = mpsc::channel();
        self.put(Input::Call(Box::new(move |application, clients, now| {
            let _ = sender.send(call(application, clients, now));
        })));
        receiver
    }

    fn each(&self, command: fn(&mut Client<'_>, Instant)) {
        self.put(Input::Call(Box::new(move |_, clients, now| {
            for client in clients {
                command(client, now);
            }
        })));
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

/// Tells all clients, even where one has no room.
fn all(
    clients: &mut [&mut Client<'_>],
    mut tell: impl FnMut(&mut Client<'_>) -> Result<(), ChangesFull>,
) -> Result<(), ChangesFull> {
    let mut result = Ok(());
    for client in clients {
        result = result.and(tell(client));
    }
    result
}
