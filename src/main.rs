//! The command line of gatefleet; everything is in the library.

fn main() {}
