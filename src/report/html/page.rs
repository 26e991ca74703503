//! The page around the sections: one file, which asks for nothing else.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::report::html::{palette, told};
use crate::report::printable::printable;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// What the page may load: nothing but what is in it.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

/// What is above the sections.
pub(super) struct Head<'a> {
    /// What kind of report it is.
    pub(super) kind: &'a str,
    pub(super) title: &'a str,
    /// How it came to be, in a line.
    pub(super) method: String,
    /// The verdict.
    pub(super) verdict: Markup,
}

/// A part of the page.
pub(super) struct Section {
    /// What links lead to.
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    /// What to look for.
    pub(super) lead: &'static str,
    pub(super) body: Markup,
}

/// The page.
pub(super) fn page(head: &Head<'_>, sections: &[Section], version: &str) -> Vec<u8> {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (printable(head.title)) " – gatefleet" }
                style { (PreEscaped(palette::css())) (PreEscaped(STYLE)) }
            }
            body {
                header {
                    p.eyebrow { "gatefleet · " (head.kind) }
                    h1 { (told::name(head.title)) }
                    p.method { (head.method) }
                }
                main {
                    (head.verdict)
                    nav aria-label="Sections" { @for section in sections {
                        a href=(format!("#{}", section.id)) { (section.title) }
                    } }
                    @for section in sections { (self::section(section)) }
                }
                footer { p { "Written by gatefleet " (version) ". Nothing in this file comes from elsewhere." } }
                div.tip role="status" hidden {}
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string().into_bytes()
}

fn section(section: &Section) -> Markup {
    html! {
        section id=(section.id) {
            h2 { (section.title) }
            @if !section.lead.is_empty() { p.lead { (section.lead) } }
            (section.body)
        }
    }
}
