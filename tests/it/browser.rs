//! A browser without a screen, if one is installed: what it makes of a page.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// What browsers are called.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];
/// Before all other scripts: what goes wrong is noted.
const WATCH: &str = r#"<script>
window.problems = [];
addEventListener("error", (event) => problems.push("error: " + event.message));
addEventListener("unhandledrejection", (event) => problems.push("rejection: " + event.reason));
addEventListener("securitypolicyviolation", (event) => problems.push("policy: " + event.blockedURI));
for (const level of ["error", "warn"]) console[level] = (...words) => problems.push(level + ": " + words);
window.alert = () => problems.push("alert");
</script>"#;
/// Around the page, since a window cannot be as narrow as a phone.
const FRAME: &str = r#"<!DOCTYPE html><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<script>addEventListener("message", (event) => {
  const found = document.createElement("pre");
  found.id = "found";
  found.textContent = event.data;
  document.body.append(found);
});</script><body><iframe src="report.html" width="WIDTH" height="900" style="border:0"></iframe></body>"#;
/// What is looked at when the page is there.
const CHECK: &str = include_str!("browser.js");

/// The name of a browser that is installed; says so if there is none.
#[expect(clippy::print_stderr, reason = "a skipped test says why")]
pub(crate) fn find() -> Option<&'static str> {
    let runs = |name: &&&str| {
        let mut command = Command::new(name);
        let command = command
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    let found = NAMES.iter().find(runs).copied();
    if found.is_none() {
        eprintln!("skipped: no browser is installed ({})", NAMES.join(", "));
    }
    found
}

/// What a browser finds in a page that is so many pixels wide; `dark` is the reader's setting.
pub(crate) fn look(browser: &str, page: &Path, (width, is_dark): (u32, bool)) -> Value {
    let text = std::fs::read_to_string(page).unwrap();
    let place = tempfile::tempdir().unwrap();
    let watched = text.replacen("<head>", &format!("<head>{WATCH}"), 1);
    let (body, end) = watched.rsplit_once("</body>").unwrap();
    let checked = format!("{body}<script>{CHECK}</script></body>{end}");
    let copy = place.path().join("report.html");
    std::fs::write(&copy, checked).unwrap();
    let frame = place.path().join("frame.html");
    std::fs::write(&frame, FRAME.replace("WIDTH", &width.to_string())).unwrap();
    let mut command = Command::new(browser);
    command.args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--dump-dom",
        "--window-size=1500,1000",
        "--virtual-time-budget=20000",
    ]);
    if is_dark {
        command.arg("--blink-settings=preferredColorScheme=0");
    }
    command.arg(format!(
        "--user-data-dir={}",
        place.path().join("profile").display()
    ));
    command.arg(format!("file://{}", frame.display()));
    let output = command.output().unwrap();
    let page = String::from_utf8(output.stdout).unwrap();
    let found = page
        .split_once("<pre id=\"found\">")
        .unwrap_or_else(|| panic!("{page}"))
        .1;
    let found = found.split_once("</pre>").unwrap().0;
    serde_json::from_str(
        &found
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&"),
    )
    .unwrap()
}
