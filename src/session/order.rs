//! A session's part in the order of a device's servers (/1/x/13 to 15; LwM2M Core 1.1, 6.2.1.2).

use crate::context::Context;
use crate::error::Operation;
use crate::session::{Input, Phase, Session, initial_wait};

impl Session<'_> {
    /// Registers where nothing was begun yet; behind another server, after a delay.
    pub(crate) fn register_in_turn(&mut self, context: &mut Context<'_>, behind_another: bool) {
        if self.phase != Phase::Idle {
            return;
        }
        let reason = self.reason;
        self.step(context, Input::Register);
        if reason.is_bootstrapped() {
            // It is no wish of the application's.
            self.reason = reason;
        }
        if behind_another
            && self.phase == Phase::Opening(Operation::Register)
            && let Some(delay) = context.server.initial_delay()
        {
            let wait = initial_wait(context, Operation::Register, delay);
            self.stop(wait);
        }
    }

    /// Whether the servers behind this one have to wait.
    pub(crate) fn holds_up(&self, context: &Context<'_>) -> bool {
        match self.phase {
            Phase::Halted => context.server.blocks_others(),
            Phase::Waiting {
                operation: Operation::Register | Operation::Bootstrap,
                not_before,
                until,
            } => {
                let schedule = context.server.schedule();
                // The delay is no failure.
                let has_failed = until > not_before
                    && schedule.is_none_or(|schedule| schedule.has_ended(self.failures));
                !has_failed || context.server.blocks_others()
            }
            Phase::Opening(operation) | Phase::Requesting(operation) => {
                matches!(operation, Operation::Register | Operation::Bootstrap)
            }
            Phase::Bootstrapping(..) => true,
            _ => false,
        }
    }
}
