//! The signatures of certificates: ECDSA on P-256 with SHA-256, and on P-384 with SHA-384 (RFC 5758, 3.2).

use p256::ecdsa::signature::Verifier;
use rustls_pki_types::{
    AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id,
};

pub(crate) const ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = &[&P256, &P384];

#[derive(Debug)]
struct P256;

impl SignatureVerificationAlgorithm for P256 {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(public_key);
        let signature = p256::ecdsa::DerSignature::from_bytes(signature);
        let (key, signature) = both(key, signature)?;
        key.verify(message, &signature)
            .map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P256
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA256
    }
}

#[derive(Debug)]
struct P384;

impl SignatureVerificationAlgorithm for P384 {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(public_key);
        let signature = p384::ecdsa::DerSignature::from_bytes(signature);
        let (key, signature) = both(key, signature)?;
        key.verify(message, &signature)
            .map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P384
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA384
    }
}

fn both<K, S, E>(key: Result<K, E>, signature: Result<S, E>) -> Result<(K, S), InvalidSignature> {
    key.and_then(|key| Ok((key, signature?)))
        .map_err(|_| InvalidSignature)
}
