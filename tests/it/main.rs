//! What users and scripts rely on, shown through the binary.

mod readme;
mod support;
mod support_test;
