//! Examples of the specifications.
