//! What an account says of its server's certificate (LwM2M 1.1 Transport, 5.2.9.3): a certificate in
//! /0/x/4, and in /0/x/15 whether it is the server's own or that of its authority.

use crate::certificates::{Certificates, Trust};
use crate::config::Security;
use crate::model::value::Value;
use crate::objects::column::Column;
use crate::objects::security::{CERTIFICATE_USAGE, MATCHING_TYPE, SERVER_PUBLIC_KEY};

/// The memory of a set of accounts.
pub(crate) struct Memory<const ACCOUNTS: usize, const SIZE: usize>([[u8; SIZE]; ACCOUNTS]);

impl<const ACCOUNTS: usize, const SIZE: usize> Memory<ACCOUNTS, SIZE> {
    pub(crate) const fn new() -> Self {
        Self([[0; SIZE]; ACCOUNTS])
    }
}

/// The certificates, by the slots of the accounts.
pub(crate) struct ServerKeys<'s>(Column<'s>);

/// What else there is to each.
#[derive(Clone, Copy)]
pub(crate) struct ServerKey {
    length: u16,
    usage: u8,
}

impl ServerKey {
    pub(crate) const NONE: Self = Self {
        length: 0,
        usage: DOMAIN_ISSUED,
    };
}

impl<'s> ServerKeys<'s> {
    pub(crate) fn new<const ACCOUNTS: usize, const SIZE: usize>(
        memory: &'s mut Memory<ACCOUNTS, SIZE>,
    ) -> Self {
        Self(Column::new(&mut memory.0))
    }

    /// Whether a resource can have a value. What the transport could not check is refused, rather than
    /// accepted and not checked.
    pub(crate) fn fits(&self, resource: u16, value: &Value<'_>) -> bool {
        match (resource, value) {
            (SERVER_PUBLIC_KEY, Value::Opaque(certificate)) => certificate.len() <= self.0.size,
            (MATCHING_TYPE, Value::Integer(matching)) => *matching == EXACT,
            (CERTIFICATE_USAGE, Value::Integer(usage)) => {
                [TRUST_ANCHOR, DOMAIN_ISSUED].map(i64::from).contains(usage)
            }
            _ => true,
        }
    }

    pub(crate) fn write(
        &mut self,
        slot: usize,
        key: &mut ServerKey,
        resource: u16,
        value: Value<'_>,
    ) {
        match (resource, value) {
            (SERVER_PUBLIC_KEY, Value::Opaque(certificate)) => {
                key.length = certificate.len() as u16;
                self.0.set(slot, certificate);
            }
            (CERTIFICATE_USAGE, Value::Integer(usage)) => key.usage = usage as u8,
            _ => {}
        }
    }

    pub(crate) fn copy(&mut self, to: usize, others: &ServerKeys<'_>, from: usize, key: ServerKey) {
        self.0.set(to, others.0.get(from, key.length));
    }

    /// The credentials of an account with certificates.
    pub(crate) fn certificates<'a>(
        &'a self,
        slot: usize,
        server_key: ServerKey,
        certificate: &'a [u8],
        key: &'a [u8],
    ) -> Option<Security<'a>> {
        let server = self.0.get(slot, server_key.length);
        Some(Security::Certificates(Certificates {
            certificate,
            key,
            server: match server_key.usage {
                TRUST_ANCHOR => Trust::Authority(server),
                _ => Trust::Certificate(server),
            },
        }))
    }
}

/// Matching type (/0/x/13): the whole certificate, not a hash.
const EXACT: i64 = 0;

/// Certificate usages (/0/x/15), which are those of DANE (RFC 6698, 2.1.1).
const TRUST_ANCHOR: u8 = 2;
const DOMAIN_ISSUED: u8 = 3;
