//! The bootstrap interface (LwM2M Core 1.1, 6.1), initiated by the client: it asks, the bootstrap
//! server writes accounts, and says when it has finished.

use coap_lite::{CoapOption, RequestType, ResponseType};

use crate::client::Client;
use crate::client::event::Event;
use crate::client::lifecycle::Phase;
use crate::client::management::{Answer, Request, SECURITY};
use crate::client::write::{Writing, write};
use crate::coap::exchange::EXCHANGE_LIFETIME;
use crate::coap::{Message, Writer};
use crate::error::{Detail, Error, Operation, Refusal};
#[cfg(any(feature = "attributes", feature = "create"))]
use crate::model::path::Path;
use crate::model::tree::{Objects, Tree};
use crate::objects::server::Server;

/// What the bootstrap server has decided, to be carried out once its answer was handed out.
#[derive(Clone, Copy, Default, PartialEq)]
pub(super) enum Progress {
    #[default]
    Writing,
    Finished,
    Inconsistent,
}

impl Client<'_> {
    fn is_bootstrapping(&self) -> bool {
        matches!(
            self.phase,
            Phase::Bootstrapping(_) | Phase::Requesting(Operation::Bootstrap)
        )
    }

    pub(super) fn write_bootstrap_request(&mut self, writer: &mut Writer<'_>) {
        writer.option(CoapOption::UriPath, &[b"bs"]);
        writer.option(
            CoapOption::UriQuery,
            &[b"ep=", self.config.endpoint.as_bytes()],
        );
        #[cfg(feature = "senml-cbor")]
        writer.option(CoapOption::UriQuery, &[b"pct=112"]);
        #[cfg(feature = "izuma")]
        self.write_account_parameters(Operation::Bootstrap, writer);
    }

    /// The request was answered: the server has its time to write.
    pub(super) fn await_bootstrap(&mut self) {
        self.phase = Phase::Bootstrapping(self.timeline.now().after(EXCHANGE_LIFETIME));
    }

    pub(super) fn serve_bootstrap(
        &mut self,
        request: &Request,
        message: &Message<'_>,
        objects: Objects<'_, '_>,
    ) -> Result<Answer, Refusal> {
        // Once it has finished, or has had its time, it has no more rights.
        if !self.is_bootstrapping() {
            return Err(Refusal::Unauthorized);
        }
        let answer = if request.is_bootstrap && message.asks(RequestType::Post) {
            self.finish_bootstrap()
        } else if !request.is_bootstrap && message.asks(RequestType::Put) {
            self.write_account(request, message.payload, objects)
        } else if !request.is_bootstrap && message.asks(RequestType::Delete) {
            self.delete_accounts(request, objects)
        } else {
            Err(Refusal::MethodNotAllowed)
        };
        // The server writes before its answer to the request has arrived.
        if answer.is_ok() && self.phase == Phase::Requesting(Operation::Bootstrap) {
            self.exchange = None;
            self.await_bootstrap();
        }
        answer
    }

    /// Bootstrap-Write (6.1.7.5), which also creates instances.
    fn write_account(
        &mut self,
        request: &Request,
        body: &[u8],
        objects: Objects<'_, '_>,
    ) -> Result<Answer, Refusal> {
        let (object, instance) = (request.path.object_id(), request.path.instance_id());
        let (mut created, server) = (None, self.server);
        match (object, instance) {
            (Some(SECURITY), Some(id)) => {
                created = (!self.accounts.has(id)).then_some(id);
                self.accounts.create(id)?;
            }
            (Some(SERVER), Some(id)) if id != server.instance => {
                self.forget_server();
                self.server.instance = id;
            }
            (_, None) => return Err(Refusal::MethodNotAllowed),
            _ => {}
        }
        #[cfg(feature = "create")]
        let is_new = create_absent(&mut self.tree(&mut *objects), request.path)?;
        let scratch = core::mem::take(&mut self.message);
        let mut body = request.body(body, &mut *scratch);
        let mut tree = match object {
            Some(SECURITY) => Tree::new(&mut *self.accounts, &mut self.device, objects),
            _ => self.tree(objects),
        };
        let result = write(&mut tree, request.path, &mut body, Writing::Bootstrap);
        #[cfg(feature = "create")]
        if result.is_err() && is_new {
            let _ = delete(&mut tree, request.path);
        }
        self.message = scratch;
        if result.is_err() {
            self.server = server;
            if created.is_some() {
                self.accounts.remove(created);
            }
        } else if matches!(object, Some(SECURITY | SERVER)) {
            self.accounts.finished = false;
        }
        result.map(|()| Answer::code(ResponseType::Changed))
    }

    /// Bootstrap-Delete (6.1.7.6). Of the application's instances only the rights of servers go with
    /// the accounts.
    fn delete_accounts(
        &mut self,
        request: &Request,
        objects: Objects<'_, '_>,
    ) -> Result<Answer, Refusal> {
        #[cfg(not(feature = "create"))]
        let _ = objects;
        if request.path.depth() > 2 {
            return Err(Refusal::MethodNotAllowed);
        }
        let instance = request.path.instance_id();
        match request.path.object_id() {
            Some(SERVER) => {}
            Some(SECURITY) => self.accounts.remove(instance),
            None => {
                self.accounts.remove(None);
                // There need not be any.
                #[cfg(feature = "create")]
                let _ = delete(&mut self.tree(objects), Path::object(ACCESS_CONTROL));
            }
            #[cfg(feature = "create")]
            Some(_) => {
                delete(&mut self.tree(objects), request.path)?;
                return Ok(Answer::code(ResponseType::Deleted));
            }
            #[cfg(not(feature = "create"))]
            Some(_) => return Err(Refusal::MethodNotAllowed),
        }
        if request.path.object_id() != Some(SECURITY) {
            self.forget_server();
        }
        self.accounts.finished = false;
        Ok(Answer::code(ResponseType::Deleted))
    }

    /// Another server has no part in what the one before has set.
    fn forget_server(&mut self) {
        self.server = Server::new(&self.config);
        #[cfg(feature = "attributes")]
        self.observations.attributes.remove(Path::ROOT);
    }

    /// Bootstrap-Finish (6.1.7.7).
    fn finish_bootstrap(&mut self) -> Result<Answer, Refusal> {
        self.accounts.finished = true;
        if self.account(Operation::Register).is_some() {
            self.bootstrap = Progress::Finished;
            Ok(Answer::code(ResponseType::Changed))
        } else {
            self.accounts.finished = false;
            self.bootstrap = Progress::Inconsistent;
            Err(Refusal::NotAcceptable)
        }
    }

    /// Goes on to register, or to try again, now that the server has its answer.
    pub(super) fn leave_bootstrap(&mut self) {
        match core::mem::take(&mut self.bootstrap) {
            Progress::Writing => {}
            Progress::Finished => {
                self.back_off = self.config.back_off.first();
                self.emit(Event::BootstrapDone);
                #[cfg(feature = "server-object")]
                if let Some(delay) = self.server.initial_delay() {
                    return self.register_after(delay);
                }
                self.open(Operation::Register, false);
            }
            Progress::Inconsistent => self.fail(
                Operation::Bootstrap,
                Error::BootstrapFailed,
                Detail::InconsistentAccounts,
            ),
        }
    }
}

/// Creates an instance of an object of the application's where it is not there; whether it was
/// created.
#[cfg(feature = "create")]
fn create_absent(tree: &mut Tree<'_, '_>, path: Path) -> Result<bool, Refusal> {
    let (object, id) = (path.object_id(), path.instance_id().unwrap_or_default());
    let instance = Path::instance(object.unwrap_or_default(), id);
    let is_there = tree.walk(instance, &mut |_, _, _| {}).is_ok();
    // A resource brings no instance with it.
    let is_new = path.depth() == 2 && !is_there && !matches!(object, Some(SECURITY | SERVER));
    if is_new {
        tree.object(instance)?.create(id)?;
    }
    Ok(is_new)
}

/// Deletes an instance of the application's, or all instances of an object, where it lets them go.
#[cfg(feature = "create")]
fn delete(tree: &mut Tree<'_, '_>, path: Path) -> Result<(), Refusal> {
    tree.walk(path, &mut |_, _, _| {})?;
    let object = tree.object(path)?;
    if let Some(id) = path.instance_id() {
        return object.delete(id);
    }
    while let Some(id) = object.instance(0) {
        object.delete(id)?;
        if object.instance(0) == Some(id) {
            return Err(Refusal::InternalError);
        }
    }
    Ok(())
}

const SERVER: u16 = 1;
#[cfg(feature = "create")]
const ACCESS_CONTROL: u16 = 2;
