//! The application of the run loop: the registry's objects, and the C application's callbacks and
//! event handler.

use core::ffi::{CStr, c_int, c_void};
use core::ptr;

use client_lite::{Client, Describe, Error, Event, Instant, Object};
use client_lite_zephyr::{BoundedText, StartError, kconfig};
use heapless::Vec;

use crate::abi::{self, *};
use crate::callback::{self, Scratch};
use crate::definitions;
use crate::object::View;
use crate::registry::REGISTRY;

pub struct Application {
    handler: Option<Handler>,
    user: *mut c_void,
    views: [View; kconfig::OBJECTS],
    scratch: Scratch,
}

impl Application {
    pub const fn new() -> Self {
        Self {
            handler: None,
            user: ptr::null_mut(),
            views: [const { View::new() }; kconfig::OBJECTS],
            scratch: Scratch::new(),
        }
    }

    /// Runs the client with this event handler; returns where it cannot even start, which the
    /// handler gets.
    pub fn run(&mut self, handler: Option<Handler>, user: *mut c_void) {
        self.handler = handler;
        self.user = user;
        let endpoint = client_lite_zephyr::endpoint_name();
        let config = client_lite_zephyr::config(&endpoint);
        let reason = client_lite_zephyr::run(config, self);
        #[cfg(feature = "log")]
        client_lite_zephyr::log::error(&[&reason]);
        let error = match reason {
            StartError::NoEvent => Error::MemoryFail,
            _ => Error::InvalidParameters,
        };
        // The application may try again, from the event on.
        // SAFETY: called on the client's thread, which does nothing more with the client.
        unsafe { client_lite_cannot_run() }
        self.report_error(error, &[&reason]);
    }
}

impl client_lite_zephyr::Application for Application {
    fn with_objects<R>(&mut self, call: impl FnOnce(&mut [&mut dyn Object]) -> R) -> R {
        let mut objects = Vec::new();
        self.show(&mut objects);
        call(&mut objects)
    }

    fn event(&mut self, event: Event, client: &Client<'_>) {
        match event {
            Event::Registered(_) => {
                self.report_done(LWM2M_INTERFACE_OBSERVER_EVENT_OBJECT_REGISTERED)
            }
            Event::Updated => self.report_done(LWM2M_INTERFACE_OBSERVER_EVENT_REGISTRATION_UPDATED),
            Event::Deregistered | Event::Disabled => {
                self.report_done(LWM2M_INTERFACE_OBSERVER_EVENT_OBJECT_UNREGISTERED)
            }
            Event::BootstrapDone => self.report_done(LWM2M_INTERFACE_OBSERVER_EVENT_BOOTSTRAP_DONE),
            Event::Error { error, detail, .. } => match client.diagnostic() {
                Some(words) => self.report_error(error, &[&detail, &" ", &words]),
                None => self.report_error(error, &[&detail]),
            },
            // The log tells of the others.
            _ => {}
        }
    }

    fn poll(&mut self, clients: &mut [&mut Client<'_>], now: Instant) -> Option<Instant> {
        let [client] = clients else { return None };
        #[cfg(feature = "create")]
        self.call_for_items();
        self.call_for_writes();
        if REGISTRY.with(|registry| registry.take_listing_changed()) {
            client.objects_changed(now);
        }
        // Each resource once: who sets values without end does not hold up the rest.
        let mut last = None;
        while let Some(path) = REGISTRY.with(|registry| registry.take_changed(last)) {
            let result = self.with_objects(|objects| client.changed(now, path, objects));
            if result.is_err() {
                // There is room again when the server has responded to a Send.
                REGISTRY.with(|registry| registry.mark_changed(path));
            }
            last = Some(path);
        }
        #[cfg(feature = "send")]
        crate::send::hand_over(client, now);
        #[cfg(feature = "records")]
        crate::record::hand_over(client, now);
        None
    }

    fn asleep(&mut self) {
        // SAFETY: called on the client's thread; the function calls what C code has set for this.
        unsafe { client_lite_asleep() }
    }
}

impl Application {
    #[inline(never)]
    fn show<'v>(&'v mut self, objects: &mut Vec<&'v mut dyn Object, { kconfig::OBJECTS }>) {
        REGISTRY.with(|registry| {
            // No write goes from one call to the next.
            registry.release();
            let shown = definitions::objects().filter(|object| registry.shows(object.id));
            for (definition, view) in shown.zip(&mut self.views) {
                view.show(definition);
                let _ = objects.push(view);
            }
        });
    }

    /// Calls the callbacks of what the server has created, and of what its writes have left out.
    #[cfg(feature = "create")]
    fn call_for_items(&self) {
        for _ in 0..kconfig::RESOURCES {
            match REGISTRY.with(|registry| registry.take_cleared()) {
                Some((path, Some(callback))) => callback::removed(callback, path),
                Some((_, None)) => {}
                None => break,
            }
        }
        for _ in 0..kconfig::RESOURCES {
            let Some(instance) = REGISTRY.with(|registry| registry.take_created()) else {
                break;
            };
            let creation = instance.object_id().and_then(definitions::creation);
            if let Some(callback) = creation.and_then(|creation| creation.callback) {
                callback::added(callback, instance);
            }
        }
    }

    /// Calls the callbacks of what the server has written.
    fn call_for_writes(&mut self) {
        for _ in 0..kconfig::RESOURCES {
            let Some(path) = REGISTRY.with(|registry| registry.take_written()) else {
                break;
            };
            let found = REGISTRY.with(|registry| {
                let value = registry.get(path).ok()?;
                Some((registry.callback(path)?, self.scratch.copy_for_c(value)))
            });
            if let Some((callback, value)) = found {
                callback::value_updated(callback, path, &value);
            }
        }
    }

    /// What is over the longest detail is cut.
    fn report_error(&self, error: Error, detail: &[&dyn Describe]) {
        if !kconfig::ERROR_TEXTS {
            return self.report(LWM2M_INTERFACE_OBSERVER_EVENT_ERROR, error as u8, None);
        }
        let mut words: BoundedText<DETAIL> = BoundedText::with_room(DETAIL - 1);
        for part in detail {
            part.describe(&mut |text| words.push(text));
        }
        let detail = words.terminated();
        self.report(LWM2M_INTERFACE_OBSERVER_EVENT_ERROR, error as u8, detail);
    }

    fn report_done(&self, event: lwm2m_interface_observer_event_t) {
        self.report(event, LWM2M_INTERFACE_ERROR_NONE as u8, None);
    }

    /// Calls the event handler.
    fn report(&self, event: c_int, error: u8, detail: Option<&CStr>) {
        let Some(handler) = self.handler else { return };
        let mut event = abi::Event {
            event_id: event as u8,
            event_type: error,
            detail: detail.map_or(ptr::null(), CStr::as_ptr),
        };
        // SAFETY: C code has given the function and its argument to pdmc_connect_init(). The event
        // lives until it returns.
        unsafe { handler(&raw mut event, self.user) }
    }
}

/// The longest detail of an error, and its terminator.
const DETAIL: usize = 112;

// The core has the numbers of the C API.
const _: () = {
    assert!(Error::BootstrapFailed as c_int == LWM2M_INTERFACE_ERROR_BOOTSTRAP_FAILED);
    assert!(Error::InvalidParameters as c_int == LWM2M_INTERFACE_ERROR_INVALID_PARAMETERS);
    assert!(Error::NotRegistered as c_int == LWM2M_INTERFACE_ERROR_NOT_REGISTERED);
    assert!(Error::NetworkError as c_int == LWM2M_INTERFACE_ERROR_NETWORK_ERROR);
    assert!(Error::UnknownError as c_int == LWM2M_INTERFACE_ERROR_UNKNOWN_ERROR);
    assert!(Error::MemoryFail as c_int == LWM2M_INTERFACE_ERROR_MEMORY_FAIL);
    assert!(Error::NotAllowed as c_int == LWM2M_INTERFACE_ERROR_NOT_ALLOWED);
    assert!(
        Error::SecureConnectionFailed as c_int == LWM2M_INTERFACE_ERROR_SECURE_CONNECTION_FAILED
    );
    assert!(Error::DnsResolvingFailed as c_int == LWM2M_INTERFACE_ERROR_DNS_RESOLVING_FAILED);
    assert!(Error::UnregistrationFailed as c_int == LWM2M_INTERFACE_ERROR_UNREGISTRATION_FAILED);
};
