//! The least device: SenML-CBOR, the objects Server, Device and one custom object, one server, no
//! log, no bootstrap, no Send; with the features `all` and `full` the same with more. Every public
//! path of the client is reachable, and what the platform would do is an undefined function, so that
//! nothing is folded away.

#![no_std]
#![no_main]

#[cfg(feature = "full")]
mod store;

use core::ffi::c_void;
use core::panic::PanicInfo;

use client_lite::{
    Account, Association, Client, Config, Instant, Object, Path, State, Storage, TransportError,
    TransportRequest, storage,
};

client_lite::object! {
    /// On/off switch
    struct Switch: 3342 {
        5500: on: bool [RW],
        5501: count: i64 [R],
        5505: reset [E],
    }
}

impl Switch {
    fn reset(&mut self, _arguments: &[u8]) -> Result<(), client_lite::Refusal> {
        self.count = 0;
        Ok(())
    }
}

// The platform. Only the linker knows that it does not exist.
unsafe extern "C" {
    fn platform_now() -> u64;
    fn platform_entropy() -> u32;
    fn platform_wait(until: u64) -> u32;
    fn platform_receive(buffer: *mut u8, size: usize) -> usize;
    fn platform_send(datagram: *const u8, length: usize);
    fn platform_open(uri: *const u8, length: usize, secure: bool, renew: bool);
    fn platform_close();
    fn platform_tell(what: *const c_void);
    /// Undefined and never to be called: a panic that is left in the image does not link.
    fn a_panic_is_left() -> !;
}

static mut STORAGE: storage! { changes: 1 } = Storage::new();
static mut RECEIVED: [u8; 1152] = [0; 1152];
static mut CLIENT: core::mem::MaybeUninit<Client<'static>> = core::mem::MaybeUninit::uninit();

#[unsafe(no_mangle)]
extern "C" fn device_main(endpoint: &'static EndpointName) -> ! {
    let mut switch = Switch {
        on: false,
        count: 0,
    };
    // SAFETY: this function is entered once, by the one thread there is; the platform's functions
    // keep to the lengths that they are given.
    unsafe {
        let client = start(endpoint);
        loop {
            let until = client.poll_timeout().map_or(u64::MAX, Instant::as_millis);
            let what = platform_wait(until);
            let now = Instant::from_millis(platform_now());
            step(client, what, now, &mut switch);
            let mut objects: [&mut dyn Object; 1] = [&mut switch];
            while let Some(datagram) = client.poll_transmit(now, &mut objects) {
                platform_send(datagram.as_ptr(), datagram.len());
            }
            while let Some(transport) = client.poll_transport() {
                match transport {
                    TransportRequest::Open { account, renew } => {
                        let secure = !matches!(account.security, client_lite::Security::None);
                        platform_open(account.uri.as_ptr(), account.uri.len(), secure, renew);
                    }
                    TransportRequest::Close => platform_close(),
                }
            }
            while let Some(event) = client.poll_event() {
                platform_tell((&raw const event).cast());
            }
        }
    }
}

/// The client in its place. Out of line, so that the loop does without the stack that this takes.
#[inline(never)]
unsafe fn start(endpoint: &'static EndpointName) -> &'static mut Client<'static> {
    // SAFETY: as in `device_main`.
    unsafe {
        let mut config = Config::new(endpoint.name(), Account::new(endpoint.uri()));
        config.lifetime = platform_entropy();
        config.queue_mode = platform_entropy() & 1 == 0;
        config.reregister = platform_entropy() & 1 == 0;
        if platform_entropy() & 1 == 0 {
            config.notifications = client_lite::Notifications::Confirmable;
        }
        if platform_entropy() & 1 == 0 {
            config.account = config
                .account
                .with_psk(endpoint.name().as_bytes(), &[1; 16]);
        }
        config.device.manufacturer = endpoint.name();
        config.device.model = endpoint.uri();
        config.device.serial_number = endpoint.name();
        config.device.firmware_version = endpoint.uri();
        let seed = [
            platform_entropy(),
            platform_entropy(),
            platform_entropy(),
            platform_entropy(),
        ];
        let client = (&raw mut CLIENT).as_mut_unchecked();
        client.write(Client::new(
            config,
            (&raw mut STORAGE).as_mut_unchecked(),
            seed,
        ))
    }
}

/// One input or command.
unsafe fn step(client: &mut Client<'static>, what: u32, now: Instant, switch: &mut Switch) {
    // SAFETY: as in `device_main`.
    unsafe {
        let received = (&raw mut RECEIVED).as_mut_unchecked();
        match what {
            0 => client.handle_timeout(now),
            1 => {
                let length = platform_receive(received.as_mut_ptr(), received.len());
                if let Some(datagram) = received.get(..length) {
                    client.handle_datagram(now, datagram, &mut [switch]);
                }
            }
            2 => client.handle_connected(now, Association::New),
            3 => client.handle_connected(now, Association::Continued),
            4 => client.handle_failure(now, TransportError::NotResolved),
            5 => client.handle_failure(now, TransportError::Handshake),
            6 => client.handle_failure(now, TransportError::Socket),
            7 => client.register(now),
            8 => client.update(now),
            9 => client.close(now),
            10 => client.pause(now),
            11 => client.resume(now),
            12 => {
                switch.count += 1;
                let _ = client.changed(now, Path::resource(3342, 0, 5501), &mut [switch]);
            }
            13 => client.objects_changed(now),
            #[cfg(feature = "all")]
            14 => {
                let switched = Path::resource(3342, 0, 5500);
                let _ = client.send(now, switched);
                let _ = client.send_all(now, &[switched, Path::object(3)]);
                let _ = client.record(now, switched, platform_now(), &mut [switch]);
                let _ = client.send_records(now);
            }
            #[cfg(feature = "full")]
            15 => {
                let written = client.poll_written();
                platform_tell((&raw const written).cast());
                let until = client.disabled_until();
                platform_tell((&raw const until).cast());
            }
            #[cfg(feature = "full")]
            16 => {
                let restored = client.restore(now, &mut store::Platform, &mut [switch]);
                platform_tell((&raw const restored).cast());
                let endpoints = client.restored_endpoints();
                platform_tell((&raw const endpoints).cast());
                client.set_endpoints(endpoints);
            }
            #[cfg(feature = "full")]
            17 => {
                client.announce(now, received, &mut [switch]);
                client.request_snapshot();
                if client.is_snapshot_due(&mut [switch]) {
                    let _ = client.save(now, &mut store::Platform, &mut [switch]);
                }
            }
            _ => {
                let counters = client.counters();
                platform_tell((&raw const counters).cast());
                let error = client.last_error();
                platform_tell((&raw const error).cast());
                let info = client.endpoint_info();
                platform_tell((&raw const info).cast());
                let update = client.next_update();
                platform_tell((&raw const update).cast());
                if client.state() == State::Halted || client.is_paused() {
                    platform_close();
                }
            }
        }
    }
}

/// What the platform hands over, so that the compiler does not know it.
#[repr(C)]
struct EndpointName {
    bytes: [u8; 32],
}

impl EndpointName {
    fn name(&self) -> &str {
        core::str::from_utf8(self.bytes.split_at(16).0).unwrap_or_default()
    }

    fn uri(&self) -> &str {
        core::str::from_utf8(self.bytes.split_at(16).1).unwrap_or_default()
    }
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    // SAFETY: never linked, hence never called.
    unsafe { a_panic_is_left() }
}

/// Every allocation would call an undefined function: an allocation that is left in the image does
/// not link.
struct NoAllocator;

unsafe extern "C" {
    fn an_allocation_is_left() -> *mut u8;
}

// SAFETY: never linked, hence never called.
unsafe impl core::alloc::GlobalAlloc for NoAllocator {
    unsafe fn alloc(&self, _: core::alloc::Layout) -> *mut u8 {
        // SAFETY: never linked, hence never called.
        unsafe { an_allocation_is_left() }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: core::alloc::Layout) {
        // SAFETY: never linked, hence never called.
        unsafe {
            an_allocation_is_left();
        }
    }
}

#[global_allocator]
static ALLOCATOR: NoAllocator = NoAllocator;
