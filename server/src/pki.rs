//! A small public key infrastructure for demonstrations and tests: certificates of X.509 version 3
//! (RFC 5280) with ECDSA keys on P-256, which LwM2M's devices have (LwM2M 1.1 Transport, 5.2.9.3).

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::net::IpAddr;
use std::ops::Range;
use std::path::Path;
use std::time::{Duration, SystemTime};

use p256::ecdsa::{DerSignature, SigningKey};
use p256::elliptic_curve::Generate;
use p256::pkcs8::EncodePrivateKey;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{self, Builder, CertificateBuilder};
use x509_cert::certificate::{Certificate, TbsCertificate};
use x509_cert::der::asn1::{Any, Ia5String, OctetString, SetOfVec};
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::oid::db::{rfc4519, rfc5280};
use x509_cert::der::pem::{self, LineEnding};
use x509_cert::der::{Decode, Encode, Tag};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages,
    SubjectAltName, SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, ToExtension};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{SubjectPublicKeyInfo, SubjectPublicKeyInfoRef};
use x509_cert::time::{Time, Validity};

/// Makes a certification authority, and a certificate with its key for a server of these names and for a
/// device of the endpoint name `endpoint`. All are valid for a year from now.
///
/// In `folder`, which is made where there is none, are then `ca`, `server`, `server-key`, `device` and
/// `device-key`, each in DER (`.der`) and PEM (`.pem`). Keys are in PKCS #8, and on Unix for their owner
/// only. The authority's own key is not kept: nothing else can be certified later.
///
/// # Errors
///
/// [`io::ErrorKind::AlreadyExists`] where one of the files is there, and those of
/// [`Authority::server`] and [`Authority::device`].
pub fn create(folder: &Path, names: &[&str], endpoint: &str) -> io::Result<()> {
    let validity = a_year();
    let authority = Authority::new("Client Lite demonstration", validity.clone())?;
    let server = authority.server(names, validity.clone())?;
    let device = authority.device(endpoint, validity)?;
    fs::create_dir_all(folder).map_err(|error| at(folder, &error))?;
    for (file, label, content) in [
        ("ca", CERTIFICATE, authority.certificate()),
        ("server", CERTIFICATE, &server.certificate),
        ("server-key", PRIVATE_KEY, &server.key),
        ("device", CERTIFICATE, &device.certificate),
        ("device-key", PRIVATE_KEY, &device.key),
    ] {
        let text = pem::encode_string(label, LineEnding::LF, content).map_err(io::Error::other)?;
        write(&folder.join(file).with_extension("der"), content)?;
        write(&folder.join(file).with_extension("pem"), text.as_bytes())?;
    }
    Ok(())
}

/// One of the files that [`create`] has made.
///
/// # Errors
///
/// Those of reading it, with its path.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    fs::read(path).map_err(|error| at(path, &error))
}

/// From now on.
pub fn a_year() -> Range<SystemTime> {
    let now = SystemTime::now();
    now..now + Duration::from_secs(365 * 86_400)
}

/// A certification authority. `Debug` does not show its key.
pub struct Authority {
    subject: Name,
    key: SigningKey,
    certificate: Vec<u8>,
}

/// A certificate and its private key. `Debug` does not show the key.
#[derive(Clone)]
pub struct CertifiedKey {
    /// X.509, in DER.
    pub certificate: Vec<u8>,
    /// PKCS #8, in DER.
    pub key: Vec<u8>,
}

impl Authority {
    /// One with a new key, which certifies itself.
    ///
    /// # Errors
    ///
    /// Where `name` is empty or has more than 64 characters, a time cannot be in a certificate, or the
    /// system has no randomness.
    pub fn new(name: &str, validity: Range<SystemTime>) -> io::Result<Self> {
        let subject = common_name(name)?;
        let key = SigningKey::try_generate()?;
        let profile = Profile {
            issuer: subject.clone(),
            subject: subject.clone(),
            names: Vec::new(),
            usage: Usage::Authority,
        };
        let certificate = certify(profile, validity, &key, &key)?;
        Ok(Self {
            subject,
            key,
            certificate,
        })
    }

    /// Its certificate, in DER.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// For the server of these DNS names and IP addresses, which are its subject alternative names. The
    /// first is its common name as well. It can be the client of a handshake, too: servers such as Leshan
    /// begin one to reach a device, and do not start with a certificate that forbids it.
    ///
    /// # Errors
    ///
    /// As of [`new`](Self::new), and where there is no name or one is not ASCII.
    pub fn server(&self, names: &[&str], validity: Range<SystemTime>) -> io::Result<CertifiedKey> {
        let alternatives: io::Result<_> = names.iter().map(|name| alternative(name)).collect();
        let first = names.first().copied().unwrap_or_default();
        let usages = vec![rfc5280::ID_KP_SERVER_AUTH, rfc5280::ID_KP_CLIENT_AUTH];
        self.issue(first, alternatives?, usages, validity)
    }

    /// For the device of an endpoint name, which is its common name (LwM2M 1.1 Transport, 5.2.9.3).
    ///
    /// # Errors
    ///
    /// As of [`new`](Self::new).
    pub fn device(&self, endpoint: &str, validity: Range<SystemTime>) -> io::Result<CertifiedKey> {
        let usages = vec![rfc5280::ID_KP_CLIENT_AUTH];
        self.issue(endpoint, Vec::new(), usages, validity)
    }

    fn issue(
        &self,
        subject: &str,
        names: Vec<GeneralName>,
        usages: Vec<ObjectIdentifier>,
        validity: Range<SystemTime>,
    ) -> io::Result<CertifiedKey> {
        let key = SigningKey::try_generate()?;
        let profile = Profile {
            issuer: self.subject.clone(),
            subject: common_name(subject)?,
            names,
            usage: Usage::End(usages),
        };
        let encoded = key.to_pkcs8_der().map_err(io::Error::other)?;
        Ok(CertifiedKey {
            certificate: certify(profile, validity, &key, &self.key)?,
            key: encoded.as_bytes().into(),
        })
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Authority({})", self.subject)
    }
}

impl fmt::Debug for CertifiedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CertifiedKey({} bytes)", self.certificate.len())
    }
}

/// The common name of a certificate's subject, where it has one.
pub(crate) fn common_name_of(certificate: &[u8]) -> Option<String> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let subject = certificate.tbs_certificate().subject();
    let name = subject.common_name().ok()??;
    Some(name.value().into_owned())
}

fn certify(
    profile: Profile,
    validity: Range<SystemTime>,
    key: &SigningKey,
    issuer: &SigningKey,
) -> io::Result<Vec<u8>> {
    let mut serial = [0; 16];
    getrandom::fill(&mut serial)?;
    let time = |time| Time::try_from(time).map_err(invalid);
    let builder = CertificateBuilder::new(
        profile,
        SerialNumber::new(&serial).map_err(invalid)?,
        Validity::new(time(validity.start)?, time(validity.end)?),
        SubjectPublicKeyInfo::from_key(key.verifying_key()).map_err(invalid)?,
    );
    let certificate = builder
        .map_err(io::Error::other)?
        .build::<_, DerSignature>(issuer)
        .map_err(io::Error::other)?;
    certificate.to_der().map_err(io::Error::other)
}

/// What a certificate says beside its key (RFC 5280, 4.2.1).
struct Profile {
    issuer: Name,
    subject: Name,
    names: Vec<GeneralName>,
    usage: Usage,
}

enum Usage {
    Authority,
    /// Of an end entity, with its extended key usages.
    End(Vec<ObjectIdentifier>),
}

impl BuilderProfile for Profile {
    fn get_issuer(&self, _: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        certificate: &TbsCertificate,
    ) -> builder::Result<Vec<Extension>> {
        let mut list = Vec::new();
        let subject = certificate.subject();
        let mut add = |extension: Extension| list.push(extension);
        let is_authority = matches!(self.usage, Usage::Authority);
        let usages = match self.usage {
            Usage::Authority => KeyUsages::KeyCertSign | KeyUsages::CRLSign,
            Usage::End(_) => KeyUsages::DigitalSignature.into(),
        };
        let constraints = BasicConstraints {
            ca: is_authority,
            path_len_constraint: is_authority.then_some(0),
        };
        add(constraints.to_extension(subject, &[])?);
        add(KeyUsage(usages).to_extension(subject, &[])?);
        add(SubjectKeyIdentifier::try_from(key)?.to_extension(subject, &[])?);
        if let Usage::End(usages) = &self.usage {
            add(AuthorityKeyIdentifier::try_from(issuer_key)?.to_extension(subject, &[])?);
            add(ExtendedKeyUsage(usages.clone()).to_extension(subject, &[])?);
        }
        if !self.names.is_empty() {
            add(SubjectAltName(self.names.clone()).to_extension(subject, &[])?);
        }
        Ok(list)
    }
}

/// A distinguished name that is a common name only.
fn common_name(text: &str) -> io::Result<Name> {
    if !(1..=64).contains(&text.chars().count()) {
        let why = format!("{text:?} does not have 1 to 64 characters (RFC 5280, appendix A.1)");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    let attribute = AttributeTypeAndValue {
        oid: rfc4519::COMMON_NAME,
        value: Any::new(Tag::Utf8String, text.as_bytes()).map_err(invalid)?,
    };
    let attributes = SetOfVec::try_from(vec![attribute]).map_err(invalid)?;
    let sequence = RdnSequence::from(vec![RelativeDistinguishedName::from(attributes)]);
    let encoded = sequence.to_der().map_err(invalid)?;
    Name::from_der(&encoded).map_err(invalid)
}

fn alternative(name: &str) -> io::Result<GeneralName> {
    let address = |octets: &[u8]| OctetString::new(octets).map(GeneralName::IpAddress);
    match name.parse() {
        Ok(IpAddr::V4(ip)) => address(&ip.octets()),
        Ok(IpAddr::V6(ip)) => address(&ip.octets()),
        Err(_) => Ia5String::new(name).map(GeneralName::DnsName),
    }
    .map_err(invalid)
}

/// Writes a file that is not there yet: no key is lost.
fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .and_then(|mut file| file.write_all(content))
        .map_err(|error| at(path, &error))
}

fn at(path: &Path, error: &io::Error) -> io::Error {
    let path = path.display();
    let why = match error.kind() {
        io::ErrorKind::AlreadyExists => format!("{path} is there already: choose another folder"),
        _ => format!("{path}: {error}"),
    };
    io::Error::new(error.kind(), why)
}

fn invalid(error: impl std::error::Error + Send + Sync + 'static) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, error)
}

/// RFC 7468, 5 and 10.
const CERTIFICATE: &str = "CERTIFICATE";
const PRIVATE_KEY: &str = "PRIVATE KEY";
