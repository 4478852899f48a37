//! What users and scripts rely on, shown through the binary.

mod support;
mod support_test;
