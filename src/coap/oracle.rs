//! `coap-lite` as an independent oracle.
