//! The bootstrap interface (LwM2M Core 1.1, 6.1), initiated by the client, as a part of its life: it
//! asks, the bootstrap server has its time to write accounts, and says when it has finished.

use coap_lite::{CoapOption, MessageType};

use crate::coap::transmission::EXCHANGE_LIFETIME;
use crate::coap::{Message, Token, Writer};
use crate::config::Role;
use crate::context::Context;
use crate::error::{Detail, Error, Operation};
use crate::event::{Event, RegisterReason};
use crate::feature;
use crate::session::pack::Pack;
use crate::session::{Intent, Phase, Session, Wanted, initial_wait, profile};
use crate::time::Instant;

/// Where the client stands with its bootstrap server.
#[derive(Default)]
pub(super) struct Bootstrap {
    /// The Finish that was carried out.
    finish: Option<Finish>,
    /// Whether it is to be followed, once its response was handed out.
    pub(super) is_done: bool,
    /// Whether a Finish was refused.
    is_refused: bool,
    /// Whether the server was asked because of a rejection.
    appealed: bool,
    /// Whether another client of the device asks it, in this one's name too.
    follows: bool,
    /// Whether that one is to ask.
    asks: bool,
    /// Whether there are new accounts, also for other clients.
    shares: bool,
    pub(super) pack: Pack,
}

/// A Bootstrap-Finish, whose response may be lost.
struct Finish {
    id: u16,
    token: Token,
    /// How long it may come again.
    until: Instant,
}

impl Bootstrap {
    pub(super) fn set_appealed(&mut self, appealed: bool) {
        self.appealed = appealed;
    }
}

impl Session<'_> {
    /// Whether the bootstrap server has a say: once it has finished, or has had its time, it has
    /// no more rights.
    pub(crate) fn is_bootstrapping(&self) -> bool {
        matches!(
            self.phase,
            Phase::Bootstrapping(..) | Phase::Requesting(Operation::Bootstrap)
        )
    }

    /// Whether the association with the bootstrap server is there, or asked for.
    pub(crate) fn approaches_bootstrap_server(&self) -> bool {
        self.is_bootstrapping() || self.phase == Phase::Opening(Operation::Bootstrap)
    }

    /// Goes to the bootstrap server, or lets another client go; whether this one goes.
    pub(super) fn turn_to_bootstrap_server(&mut self) -> bool {
        if feature::Order::IS_ON && self.bootstrap.follows {
            self.bootstrap.asks = true;
            return false;
        }
        self.reason.set(RegisterReason::Bootstrapped);
        self.open(Operation::Bootstrap, false);
        true
    }

    /// The same by the device's own decision: that server may want to be left alone for a while
    /// (/0/x/11).
    pub(super) fn approach_bootstrap_server(&mut self, context: &mut Context<'_>) -> bool {
        let goes = self.turn_to_bootstrap_server();
        let hold_off = context.accounts.hold_off(&context.config);
        if goes && hold_off > 0 {
            let wait = initial_wait(context, Operation::Bootstrap, hold_off);
            self.stop(wait);
        }
        goes
    }

    /// The same as something new: nothing of what has failed before counts.
    pub(super) fn bootstrap_anew(&mut self) {
        self.bootstrap.appealed = false;
        self.failures = 0;
        self.turn_to_bootstrap_server();
    }

    pub(super) fn begin_bootstrap(&mut self, context: &mut Context<'_>) {
        self.bootstrap.finish = None;
        self.bootstrap.is_refused = false;
        self.bootstrap.pack = Pack::begin(context);
        context.accounts.begin_draft(&context.server);
    }

    /// The code of the request, where it is another one than that of Bootstrap-Request.
    pub(super) fn bootstrap_method(&self) -> Option<u8> {
        self.bootstrap.pack.method()
    }

    pub(super) fn write_bootstrap_request(&self, context: &Context<'_>, writer: &mut Writer<'_>) {
        if self.bootstrap.pack.write_request(context, writer) {
            return;
        }
        writer.option(CoapOption::UriPath, &[b"bs"]);
        let name = context.config.endpoint;
        writer.option(CoapOption::UriQuery, &[b"ep=", name.as_bytes()]);
        if feature::SenmlCbor::IS_ON {
            writer.option(CoapOption::UriQuery, &[b"pct=112"]);
        }
        profile::write_parameters(context, Operation::Bootstrap, writer);
    }

    /// The request has its response: the server has its time to write.
    pub(super) fn await_bootstrap(&mut self, context: &Context<'_>) {
        let until = context.now().after(EXCHANGE_LIFETIME);
        self.phase = Phase::Bootstrapping(until, feature::Bootstrap::On);
    }

    /// A request of the bootstrap server was carried out. It writes before its response to
    /// Bootstrap-Request has arrived, and has its whole time after each of its requests (6.1.3.3).
    pub(crate) fn bootstrap_served(&mut self, context: &Context<'_>) {
        self.effects.abandon = true;
        self.bootstrap.pack = Pack::NONE;
        self.await_bootstrap(context);
    }

    /// The bootstrap server has finished, by the request of this message id and token.
    pub(crate) fn bootstrap_finished(&mut self, context: &Context<'_>, id: u16, token: Token) {
        self.bootstrap_served(context);
        let span = context.config.transmission.max_transmit_span();
        self.bootstrap.is_done = true;
        self.bootstrap.finish = Some(Finish {
            id,
            token,
            until: context.now().after(span),
        });
    }

    /// What the bootstrap server has written does not fit together.
    pub(crate) fn bootstrap_refused(&mut self) {
        self.bootstrap.is_refused = true;
    }

    /// Goes on to register, now that the server has its response. While nothing else needs the
    /// transport the server is still heard, as its Finish may come again.
    pub(crate) fn leave_bootstrap(&mut self, context: &mut Context<'_>) {
        if !core::mem::take(&mut self.bootstrap.is_done) {
            return;
        }
        self.failures = 0;
        self.forget_registration();
        context.emit(Event::BootstrapDone);
        if feature::Order::IS_ON {
            self.bootstrap.shares = true;
            if context.accounts.in_force.securities.servers().count() > 1 {
                // All of them register in their order.
                self.phase = Phase::Idle;
                return;
            }
        }
        if let Some(delay) = context.server.initial_delay() {
            self.phase = initial_wait(context, Operation::Register, delay);
            return;
        }
        self.open(Operation::Register, false);
    }

    /// The bootstrap server has had its time.
    pub(super) fn give_up_bootstrap(&mut self, context: &mut Context<'_>) {
        let detail = match self.bootstrap.is_refused {
            true => Detail::InconsistentAccounts,
            false => Detail::NoBootstrapFinish,
        };
        self.fail(
            context,
            Operation::Bootstrap,
            Error::BootstrapFailed,
            detail,
        );
    }

    /// A registration that is rejected, or has failed in all the sequences that the server has set,
    /// goes to the bootstrap server first (/1/x/16); whether it goes.
    pub(super) fn appeals(
        &mut self,
        context: &mut Context<'_>,
        operation: Operation,
        error: Error,
        detail: Detail,
    ) -> bool {
        let is_rejected =
            error == Error::InvalidParameters && matches!(detail, Detail::Response(_));
        let schedule = context.server.schedule();
        let has_failed =
            schedule.is_some_and(|schedule| schedule.has_ended(self.failures.saturating_add(1)));
        let appeals = (is_rejected || has_failed)
            && operation == Operation::Register
            && context.server.has_bootstrap_server
            && context.server.bootstrap_on_failure
            && !core::mem::replace(&mut self.bootstrap.appealed, true);
        appeals && self.approach_bootstrap_server(context)
    }

    /// What is tried after an operation has failed. An account that the bootstrap server has not
    /// touched is worth another try.
    pub(super) fn after_failed(
        &mut self,
        context: &Context<'_>,
        operation: Operation,
    ) -> Operation {
        if operation == Operation::Bootstrap && context.has_server() {
            self.bootstrap.appealed = false;
            return Operation::Register;
        }
        self.in_time(context, operation)
    }

    /// Until when a Finish may come again over the association that is open.
    pub(crate) fn finish_deadline(&self) -> Option<Instant> {
        let is_heard = self.connected == Some(Role::Bootstrap) && !self.is_bootstrapping();
        self.finish_until().filter(|_| is_heard)
    }

    /// Closes an association that nothing can come over any longer.
    pub(crate) fn part_from_bootstrap_server(&mut self, now: Instant) {
        if self.finish_deadline().is_some_and(|until| until <= now) {
            self.connected = None;
            self.wanted = Some(Wanted::Close);
        }
    }

    /// Until when the newest Finish may come again.
    pub(crate) fn finish_until(&self) -> Option<Instant> {
        Some(self.bootstrap.finish.as_ref()?.until)
    }

    /// Whether a message is the newest Finish again.
    pub(crate) fn is_finish_again(&self, message: &Message<'_>, now: Instant) -> bool {
        self.bootstrap.finish.as_ref().is_some_and(|finish| {
            message.is_request()
                && message.kind == MessageType::Confirmable
                && (message.id, message.token) == (finish.id, finish.token)
                && now < finish.until
        })
    }
}

/// Where one client of a device asks the bootstrap server for all of them.
impl Session<'_> {
    /// From now on another one asks, also in this one's name; whether it is to.
    pub(crate) fn follows_another(&mut self) -> bool {
        self.bootstrap.follows = true;
        core::mem::take(&mut self.bootstrap.asks)
    }

    /// Asks in the name of another one.
    pub(crate) fn bootstrap_for_others(&mut self, context: &Context<'_>) {
        // What the application has closed stays closed.
        let is_closed = self.phase == Phase::Idle || self.intent == Intent::Close;
        let is_under_way = self.approaches_bootstrap_server();
        if !is_closed && !is_under_way && context.server.has_bootstrap_server {
            self.bootstrap_anew();
        }
    }

    /// Whether the bootstrap server has finished since this was asked last.
    pub(crate) fn takes_new_accounts(&mut self) -> bool {
        core::mem::take(&mut self.bootstrap.shares)
    }

    /// Leaves the server, which is not asked (Core 1.1, 6.1.3.3); whether it had a registration.
    pub(crate) fn abandon_server(&mut self, context: &Context<'_>) -> bool {
        let was_registered = self.registration.is_valid(context.now());
        self.intent = Intent::None;
        self.forget_registration();
        self.stop(Phase::Idle);
        self.reason.set(RegisterReason::Bootstrapped);
        was_registered
    }
}
