//! The command line of gatefleet; everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    gatefleet::cli::main()
}
