//! Ctrl-C: the first asks the study to stop, the second ends the process.

use std::sync::atomic::{AtomicBool, Ordering};

static IS_INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Begins to listen for Ctrl-C; without a listener Ctrl-C just ends the process.
pub(super) fn listen() {
    // A second registration fails, and then the first listens already.
    let _ = ctrlc::set_handler(|| {
        if IS_INTERRUPTED.swap(true, Ordering::Relaxed) {
            end_process();
        }
    });
}

/// Whether Ctrl-C was pressed.
pub(super) fn is_interrupted() -> bool {
    IS_INTERRUPTED.load(Ordering::Relaxed)
}

#[expect(
    clippy::exit,
    reason = "pressed twice: the user does not want to wait; results are written whole or not at all"
)]
fn end_process() {
    std::process::exit(130);
}
