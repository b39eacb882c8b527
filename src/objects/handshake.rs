//! What an account says of the handshake with its server (LwM2M 1.1 Transport, 5.2.9): the certificate that
//! it is known by (/0/x/4) and whether that is its own or its authority's (/0/x/15), its name (/0/x/14),
//! and the cipher suites to propose (/0/x/16).

use core::str;

use crate::archive::Archive;
use crate::certificates::{Certificates, Trust};
use crate::config::{Account, Security};
use crate::handshake::Handshake;
use crate::model::object::At;
use crate::model::value::Value;
use crate::objects::column::Column;

/// The memory of a set of accounts.
pub(crate) struct Memory<const ACCOUNTS: usize, const SIZE: usize> {
    certificates: [[u8; SIZE]; ACCOUNTS],
    names: [[u8; NAME_SIZE]; ACCOUNTS],
}

impl<const ACCOUNTS: usize, const SIZE: usize> Memory<ACCOUNTS, SIZE> {
    pub(crate) const fn new() -> Self {
        Self {
            certificates: [[0; SIZE]; ACCOUNTS],
            names: [[0; NAME_SIZE]; ACCOUNTS],
        }
    }
}

/// What has a length of its own, by the slots of the accounts.
pub(crate) struct Handshakes<'s> {
    certificates: Column<'s>,
    names: Column<'s>,
}

/// What else there is to each.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    certificate: u16,
    name: u16,
    usage: u8,
    /// By the ids of their resource instances; 0 where there is none.
    suites: [u16; SUITES],
}

impl Entry {
    pub(crate) const NONE: Self = Self {
        certificate: 0,
        name: 0,
        usage: DOMAIN_ISSUED,
        suites: [0; SUITES],
    };
}

impl<'s> Handshakes<'s> {
    pub(crate) fn new<const ACCOUNTS: usize, const SIZE: usize>(
        memory: &'s mut Memory<ACCOUNTS, SIZE>,
    ) -> Self {
        Self {
            certificates: Column::new(&mut memory.certificates),
            names: Column::new(&mut memory.names),
        }
    }

    /// Whether a resource can have a value. What the transport could not check is refused, rather than
    /// accepted and not checked.
    pub(crate) fn fits(&self, resource: u16, value: &Value<'_>) -> bool {
        match (resource, value) {
            (SERVER_PUBLIC_KEY, Value::Opaque(certificate)) => {
                certificate.len() <= self.certificates.size
            }
            (MATCHING_TYPE, Value::Integer(matching)) => *matching == EXACT,
            (SERVER_NAME, Value::String(name)) => name.len() <= NAME_SIZE,
            (CERTIFICATE_USAGE, Value::Integer(usage)) => {
                [TRUST_ANCHOR, DOMAIN_ISSUED].map(i64::from).contains(usage)
            }
            (CIPHER_SUITES, Value::Integer(suite)) => (1..=u16::MAX.into()).contains(suite),
            _ => true,
        }
    }

    pub(crate) fn write(&mut self, slot: usize, entry: &mut Entry, at: At, value: Value<'_>) {
        match (at.resource, value) {
            (SERVER_PUBLIC_KEY, Value::Opaque(certificate)) => {
                entry.certificate = certificate.len() as u16;
                self.certificates.set(slot, certificate);
            }
            (SERVER_NAME, Value::String(name)) => {
                entry.name = name.len() as u16;
                self.names.set(slot, name.as_bytes());
            }
            (CERTIFICATE_USAGE, Value::Integer(usage)) => entry.usage = usage as u8,
            (CIPHER_SUITES, Value::Integer(suite)) => {
                // A list begins anew with its first.
                if at.resource_instance == 0 {
                    entry.suites = Entry::NONE.suites;
                }
                if let Some(place) = entry.suites.get_mut(usize::from(at.resource_instance)) {
                    *place = suite as u16;
                }
            }
            _ => {}
        }
    }

    pub(crate) fn copy(&mut self, to: usize, others: &Handshakes<'_>, from: usize, entry: Entry) {
        let certificate = others.certificates.get(from, entry.certificate);
        self.certificates.set(to, certificate);
        self.names.set(to, others.names.get(from, entry.name));
    }

    pub(crate) fn archive(&mut self, slot: usize, entry: &mut Entry, archive: &mut Archive<'_>) {
        self.certificates
            .archive(slot, &mut entry.certificate, archive);
        self.names.archive(slot, &mut entry.name, archive);
        archive.u8(&mut entry.usage);
        for suite in &mut entry.suites {
            archive.u16(suite);
        }
    }

    /// The credentials of an account with certificates.
    pub(crate) fn certificates<'a>(
        &'a self,
        slot: usize,
        entry: Entry,
        certificate: &'a [u8],
        key: &'a [u8],
    ) -> Option<Security<'a>> {
        let server = self.certificates.get(slot, entry.certificate);
        Some(Security::Certificates(Certificates {
            certificate,
            key,
            server: match entry.usage {
                TRUST_ANCHOR => Trust::Authority(server),
                _ => Trust::Certificate(server),
            },
        }))
    }

    /// Whether a platform can be relied on to take a pre-shared key: there is room for larger ones where
    /// that is for certificates (RFC 4279, 5.3).
    pub(crate) fn takes_psk(identity: &[u8], key: &[u8]) -> bool {
        identity.len() <= 128 && key.len() <= 64
    }

    /// Completes an account.
    pub(crate) fn complete<'a>(&'a self, slot: usize, entry: &'a Entry, account: &mut Account<'a>) {
        let name = self.names.get(slot, entry.name);
        account.handshake = Handshake {
            server_name: str::from_utf8(name).unwrap_or_default(),
            cipher_suites: &entry.suites,
        };
    }

    /// The ids of the instances of a resource.
    pub(crate) fn resource_instance(resource: u16, index: usize) -> Option<u16> {
        let most = match resource {
            CIPHER_SUITES => SUITES,
            _ => 1,
        };
        (index < most).then_some(index as u16)
    }
}

/// Resources of Security.
pub(crate) const SERVER_PUBLIC_KEY: u16 = 4;
pub(crate) const MATCHING_TYPE: u16 = 13;
pub(crate) const SERVER_NAME: u16 = 14;
pub(crate) const CERTIFICATE_USAGE: u16 = 15;
pub(crate) const CIPHER_SUITES: u16 = 16;

/// Of the longest server name, in bytes.
const NAME_SIZE: usize = 64;

/// How many cipher suites can be proposed.
const SUITES: usize = 8;

/// Matching type (/0/x/13): the whole certificate, not a hash.
const EXACT: i64 = 0;

/// Certificate usages (/0/x/15), which are those of DANE (RFC 6698, 2.1.1).
const TRUST_ANCHOR: u8 = 2;
const DOMAIN_ISSUED: u8 = 3;
