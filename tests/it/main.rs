//! What users and scripts rely on, shown through the binary.

mod input;
mod preview;
mod properties;
mod readme;
mod support;
mod support_test;
mod validation;
