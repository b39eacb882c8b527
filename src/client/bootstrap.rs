//! The bootstrap interface (LwM2M Core 1.1, 6.1), initiated by the client: it asks, the bootstrap
//! server writes accounts, and says when it has finished.

use coap_lite::{CoapOption, MessageType, RequestType, ResponseType};

use crate::client::accounts::Accounts;
use crate::client::config::Role;
use crate::client::event::Event;
use crate::client::lifecycle::Phase;
use crate::client::management::{Answer, Request, SECURITY};
use crate::client::write::{Writing, write};
use crate::client::{Client, Wanted};
use crate::coap::exchange::EXCHANGE_LIFETIME;
use crate::coap::message::response_code;
use crate::coap::{Message, Token, Writer};
use crate::error::{Detail, Error, Operation, Refusal};
use crate::format::{self, Body};
use crate::model::path::Path;
use crate::model::tree::{Objects, Tree};
use crate::objects::server::Server;
use crate::time::Instant;

/// Where the client stands with its bootstrap server.
pub(super) struct Bootstrap<'a> {
    /// What it has written since it was asked, and what takes the place of the accounts in force
    /// when it has finished.
    pub(super) draft: Accounts<'a>,
    /// The Finish that was carried out.
    finish: Option<Finish>,
    /// Whether it is to be followed, once its answer was handed out.
    is_done: bool,
    /// Whether a Finish was refused.
    is_refused: bool,
    /// Whether another client of the device asks it, in this one's name too.
    #[cfg(all(feature = "access-control", feature = "server-object"))]
    pub(super) follows: bool,
    /// Whether that one is to ask.
    #[cfg(all(feature = "access-control", feature = "server-object"))]
    pub(super) asks: bool,
    /// Whether there are new accounts, also for other clients.
    #[cfg(all(feature = "access-control", feature = "server-object"))]
    pub(super) shares: bool,
}

/// A Bootstrap-Finish, whose answer may be lost.
struct Finish {
    id: u16,
    token: Token,
    /// How long it may come again.
    until: Instant,
}

impl<'a> Bootstrap<'a> {
    pub(super) fn new(draft: Accounts<'a>) -> Self {
        Self {
            draft,
            finish: None,
            is_done: false,
            is_refused: false,
            #[cfg(all(feature = "access-control", feature = "server-object"))]
            follows: false,
            #[cfg(all(feature = "access-control", feature = "server-object"))]
            asks: false,
            #[cfg(all(feature = "access-control", feature = "server-object"))]
            shares: false,
        }
    }
}

impl Client<'_> {
    /// Whether the bootstrap server has a say: once it has finished, or has had its time, it has
    /// no more rights.
    pub(super) fn is_bootstrapping(&self) -> bool {
        matches!(
            self.phase,
            Phase::Bootstrapping(_) | Phase::Requesting(Operation::Bootstrap)
        )
    }

    /// Goes to the bootstrap server, or lets another client go; whether this one goes.
    pub(super) fn turn_to_bootstrap_server(&mut self) -> bool {
        #[cfg(all(feature = "access-control", feature = "server-object"))]
        if self.bootstrap.follows {
            self.bootstrap.asks = true;
            return false;
        }
        self.open(Operation::Bootstrap, false);
        true
    }

    /// The same as something new: nothing of what has failed before counts.
    pub(super) fn bootstrap_anew(&mut self) {
        self.registration.appealed = false;
        self.back_off = self.config.back_off.first();
        self.turn_to_bootstrap_server();
    }

    /// The bootstrap server is about to be asked: what it wrote before and did not finish is gone.
    pub(super) fn begin_bootstrap(&mut self) {
        let bootstrap = &mut self.bootstrap;
        bootstrap.finish = None;
        bootstrap.is_refused = false;
        // Without an account the Server instance is one that nobody has written.
        let id = self.server.short_server_id;
        let is_written = self.accounts.securities.management(id).is_some();
        let own = is_written.then_some(&self.server);
        bootstrap.draft.begin(&self.accounts, own);
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
        let answer = if request.is_bootstrap && message.asks(RequestType::Post) {
            self.finish_bootstrap(message)
        } else if !request.is_bootstrap && message.asks(RequestType::Put) {
            self.write_accounts(request, message.payload, objects)
        } else if !request.is_bootstrap && message.asks(RequestType::Delete) {
            self.delete_accounts(request, objects)
        } else {
            Err(Refusal::MethodNotAllowed)
        };
        // The server writes before its answer to the request has arrived, and has its whole time
        // after each of its requests (6.1.3.3).
        if answer.is_ok() {
            self.exchange = None;
            self.await_bootstrap();
        }
        answer
    }

    /// Bootstrap-Write (6.1.7.5) to an object, an instance or a resource, which also creates
    /// instances: all of them, or none.
    fn write_accounts(
        &mut self,
        request: &Request,
        bytes: &[u8],
        objects: Objects<'_, '_>,
    ) -> Result<Answer, Refusal> {
        let target = request.path;
        if target == Path::ROOT {
            return Err(Refusal::MethodNotAllowed);
        }
        let scratch = core::mem::take(&mut self.message);
        let mut body = request.body(bytes, &mut *scratch);
        // A bit for each instance that was created, in the body's order.
        let mut created = 0_u64;
        let mut result = each_instance(target, &mut body, &mut |bit, instance| {
            if !self.creates(instance, &mut *objects)? {
                return Ok(());
            }
            created |= bit;
            Ok(())
        });
        if result.is_ok() {
            let mut tree = self.draft_tree(target, &mut *objects);
            result = write(&mut tree, target, &mut body, Writing::Bootstrap);
        }
        if result.is_err() {
            // It ends where it has ended before.
            let _ = each_instance(target, &mut body, &mut |bit, instance| {
                if created & bit != 0 {
                    let _ = self.remove(instance, &mut *objects);
                }
                Ok(())
            });
        }
        self.message = scratch;
        result.map(|()| Answer::code(ResponseType::Changed))
    }

    /// Creates an instance where it is not there; whether it was created.
    fn creates(&mut self, instance: Path, objects: Objects<'_, '_>) -> Result<bool, Refusal> {
        let mut tree = self.draft_tree(instance, &mut *objects);
        if tree.walk(instance, &mut |_, _, _| {}).is_ok() {
            return Ok(false);
        }
        let id = instance.instance_id().unwrap_or_default();
        let draft = &mut self.bootstrap.draft;
        match instance.object_id() {
            // What is there of the bootstrap server's own account is a part of the new one.
            Some(SECURITY)
                if draft
                    .securities
                    .copy_from(&self.accounts.securities, &|old| {
                        old.is_bootstrap && old.id == id
                    }) => {}
            Some(SECURITY) => draft.securities.create(id)?,
            Some(SERVER) => draft.servers.insert(Server::written(&self.config, id))?,
            #[cfg(feature = "create")]
            _ => self.tree(objects).object(instance)?.create(id)?,
            #[cfg(not(feature = "create"))]
            _ => return Err(Refusal::NotFound),
        }
        Ok(true)
    }

    /// Bootstrap-Delete (6.1.7.6). Of the application's instances only the rights of servers go with
    /// the accounts.
    fn delete_accounts(
        &mut self,
        request: &Request,
        objects: Objects<'_, '_>,
    ) -> Result<Answer, Refusal> {
        if request.path.depth() > 2 {
            return Err(Refusal::MethodNotAllowed);
        }
        if request.path == Path::ROOT {
            self.bootstrap.draft.clear();
            // There need not be any.
            #[cfg(feature = "create")]
            let _ = self.remove(Path::object(ACCESS_CONTROL), objects);
        } else {
            self.remove(request.path, objects)?;
        }
        Ok(Answer::code(ResponseType::Deleted))
    }

    /// Removes an instance, or all instances of an object, where the object lets them go.
    fn remove(&mut self, path: Path, objects: Objects<'_, '_>) -> Result<(), Refusal> {
        let draft = &mut self.bootstrap.draft;
        match path.object_id() {
            Some(SECURITY) => draft.securities.remove(path.instance_id()),
            Some(SERVER) => draft.servers.remove(path.instance_id()),
            #[cfg(feature = "create")]
            _ => return delete(&mut self.tree(objects), path),
            #[cfg(not(feature = "create"))]
            _ => {
                let _ = objects;
                return Err(Refusal::MethodNotAllowed);
            }
        }
        Ok(())
    }

    /// The objects as the bootstrap server writes to them.
    fn draft_tree<'t, 'o>(&'t mut self, path: Path, objects: Objects<'t, 'o>) -> Tree<'t, 'o> {
        let draft = &mut self.bootstrap.draft;
        match path.object_id() {
            Some(SECURITY) => Tree::new(&mut draft.securities, &mut self.device, objects),
            _ => Tree::new(&mut draft.servers, &mut self.device, objects),
        }
    }

    /// Bootstrap-Finish (6.1.7.7). What does not fit together may be mended, and finished again.
    fn finish_bootstrap(&mut self, message: &Message<'_>) -> Result<Answer, Refusal> {
        let draft = &mut self.bootstrap.draft;
        let server = draft
            .are_consistent()
            .then(|| draft.finish(&self.accounts, self.server.short_server_id))
            .flatten();
        let Some(server) = server else {
            self.bootstrap.is_refused = true;
            return Err(Refusal::NotAcceptable);
        };
        core::mem::swap(&mut self.accounts, draft);
        self.server = server;
        // Another server has no part in what the one before has set.
        #[cfg(feature = "attributes")]
        self.observations.attributes.remove(Path::ROOT);
        let span = self.config.transmission.max_transmit_span();
        self.bootstrap.is_done = true;
        self.bootstrap.finish = Some(Finish {
            id: message.id,
            token: message.token,
            until: self.timeline.now().after(span),
        });
        Ok(Answer::code(ResponseType::Changed))
    }

    /// Goes on to register, now that the server has its answer. While nothing else needs the
    /// transport the server is still heard, as its Finish may come again.
    pub(super) fn leave_bootstrap(&mut self) {
        if !core::mem::take(&mut self.bootstrap.is_done) {
            return;
        }
        self.back_off = self.config.back_off.first();
        self.forget_registration();
        self.emit(Event::BootstrapDone);
        #[cfg(all(feature = "access-control", feature = "server-object"))]
        {
            self.bootstrap.shares = true;
            if self.accounts.securities.servers().count() > 1 {
                // All of them register in their order.
                self.phase = Phase::Idle;
                return;
            }
        }
        #[cfg(feature = "server-object")]
        if let Some(delay) = self.server.initial_delay() {
            self.phase = self.initial_wait(delay);
            return;
        }
        self.open(Operation::Register, false);
    }

    /// The bootstrap server has had its time.
    pub(super) fn give_up_bootstrap(&mut self) {
        let detail = match self.bootstrap.is_refused {
            true => Detail::InconsistentAccounts,
            false => Detail::NoBootstrapFinish,
        };
        self.fail(Operation::Bootstrap, Error::BootstrapFailed, detail);
    }

    /// Until when a Finish may come again over the association that is open.
    pub(super) fn finish_deadline(&self) -> Option<Instant> {
        let is_heard = self.connected == Some(Role::Bootstrap) && !self.is_bootstrapping();
        let finish = self.bootstrap.finish.as_ref();
        finish.filter(|_| is_heard).map(|finish| finish.until)
    }

    /// Closes an association that nothing can come over any longer.
    pub(super) fn part_from_bootstrap_server(&mut self, now: Instant) {
        if self.finish_deadline().is_some_and(|until| until <= now) {
            self.connected = None;
            self.wanted = Some(Wanted::Close);
        }
    }
}

/// The association that the client has left.
impl Client<'_> {
    /// Until when the bootstrap server may send its Bootstrap-Finish again, because the answer was
    /// lost: MAX_TRANSMIT_SPAN (RFC 7252, 4.8.2) after it came, on the caller's clock.
    ///
    /// The client opens its association with the management server at once. A platform that can
    /// keep the one before until this time, beside the new one, hands what arrives over it to
    /// [`handle_former_datagram`](Self::handle_former_datagram); where the transport is needed, it
    /// is closed.
    pub fn former_until(&self) -> Option<Instant> {
        self.timeline
            .for_caller(self.bootstrap.finish.as_ref()?.until)
    }

    /// Takes a datagram of the association with the bootstrap server that was open before the
    /// present one, and gives what is to be sent back over it: the answer, where it is the
    /// Bootstrap-Finish again. Nothing else is served.
    pub fn handle_former_datagram(&mut self, now: Instant, datagram: &[u8]) -> Option<&[u8]> {
        let now = self.timeline.advance(now);
        let message = Message::parse(datagram).ok()?;
        let finish = self.bootstrap.finish.as_ref()?;
        let is_again = message.is_request()
            && message.kind == MessageType::Confirmable
            && (message.id, message.token) == (finish.id, finish.token)
            && now < finish.until;
        // What waits in the buffer goes first; the server will ask again.
        if !is_again || self.answer != 0 {
            return None;
        }
        let code = response_code(ResponseType::Changed);
        let kind = MessageType::Acknowledgement;
        let writer = Writer::new(&mut *self.message, kind, code, message.id, &message.token);
        let (written, length) = writer.finish();
        written.get(..length?)
    }
}

/// Visits the instances that a body is written to, in the body's order, each with a bit of its own.
fn each_instance(
    target: Path,
    body: &mut Body<'_>,
    visit: &mut dyn FnMut(u64, Path) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let object = Path::object(target.object_id().unwrap_or_default());
    let mut visit_id = |bit, id| visit(bit, object.join(id).ok_or(Refusal::BadRequest)?);
    if let Some(id) = target.instance_id() {
        return visit_id(1, id);
    }
    let (mut bit, mut last) = (1, None);
    format::decode(body, target, &mut |path, _| {
        // What it says of the object itself is looked at when it is written.
        let Some(id) = path.instance_id() else {
            return Ok(());
        };
        if last.replace(id) == Some(id) {
            return Ok(());
        }
        let this = bit;
        bit <<= 1;
        if this == 0 {
            return Err(Refusal::TooLarge);
        }
        visit_id(this, id)
    })
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
