//! The signatures of certificates: ECDSA on P-256 with SHA-256, and on P-384 with SHA-384 (RFC 5758, 3.2).

use p256::ecdsa::signature::Verifier;
use rustls_pki_types::{
    AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id,
};

pub(crate) const ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = &[
    &Ecdsa {
        verify: |key, message, signature| {
            let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(key)?;
            key.verify(message, &p256::ecdsa::DerSignature::from_bytes(signature)?)
        },
        key: alg_id::ECDSA_P256,
        signature: alg_id::ECDSA_SHA256,
    },
    &Ecdsa {
        verify: |key, message, signature| {
            let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(key)?;
            key.verify(message, &p384::ecdsa::DerSignature::from_bytes(signature)?)
        },
        key: alg_id::ECDSA_P384,
        signature: alg_id::ECDSA_SHA384,
    },
];

#[derive(Debug)]
struct Ecdsa {
    verify: Verify,
    key: AlgorithmIdentifier,
    signature: AlgorithmIdentifier,
}

/// Of a public key (SEC 1), a message, and its signature (DER).
type Verify = fn(&[u8], &[u8], &[u8]) -> Result<(), p256::ecdsa::Error>;

impl SignatureVerificationAlgorithm for Ecdsa {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        (self.verify)(public_key, message, signature).map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.key
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature
    }
}
