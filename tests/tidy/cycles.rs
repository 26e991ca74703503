//! Within a layer, too, there is an order to read in.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::Source;
use crate::{Finding, check};

/// Goal: what a file builds on can be read before it. Method: the graph of what the modules
/// of each folder import, whether from the file or by the name that `mod.rs` re-exports, has no
/// cycle; unit tests, names that `mod.rs` re-exports with `*`, and `mod.rs` itself, which is the
/// door and not a sibling, are left out.
#[test]
fn siblings_import_in_no_circle() {
    check(
        cycles,
        &[
            (
                "src/model/mod.rs",
                "mod a;\nmod b;\nmod c;\nmod d;\npub use c::{C, K};",
            ),
            (
                "src/model/a.rs",
                "use crate::model::b::B; // bad\nuse crate::model::d::D;",
            ),
            (
                "src/model/b.rs",
                "use crate::{model::{self, C}, units::Rate}; // bad",
            ),
            ("src/model/c.rs", "use crate::model::a::inner::A; // bad"),
            (
                "src/model/d.rs",
                "#[cfg(test)]\nmod tests { use crate::model::a::A; }",
            ),
            ("src/report/mod.rs", "mod plot;\nmod text;"),
            (
                "src/report/plot/mod.rs",
                "mod axis;\nuse crate::report::text; // bad",
            ),
            (
                "src/report/plot/axis.rs",
                "use crate::report::plot::PlotError;",
            ),
            (
                "src/report/text.rs",
                "use crate::report::plot::axis::Axis; // bad",
            ),
        ],
    );
}

/// What a module imports, each with the place of the first import.
type Graph<'s> = BTreeMap<String, BTreeMap<String, (&'s Source, usize)>>;

fn cycles(sources: &[Source]) -> Vec<Finding> {
    let graph = graph(sources);
    let mut findings = Vec::new();
    for (importer, imports) in &graph {
        for (imported, &(source, line)) in imports {
            if reaches(&graph, imported, importer) {
                let advice = format!(
                    "`{importer}` imports `{imported}`, which imports it in turn: move what both \
                     need to a file of its own"
                );
                findings.push(Finding::new(source, line, advice));
            }
        }
    }
    findings
}

fn graph(sources: &[Source]) -> Graph<'_> {
    let names = names(sources);
    let mut graph = Graph::new();
    for source in sources {
        let Some(module) = source.module() else {
            continue;
        };
        let paths = source.paths().into_iter();
        for (line, path) in paths.filter(|&(line, _)| !source.is_test(line)) {
            let imported = path.strip_prefix("crate::");
            let siblings = imported.and_then(|path| siblings(&module, &resolve(&names, path)));
            if let Some((importer, imported)) = siblings {
                let imports = graph.entry(importer).or_default();
                imports.entry(imported).or_insert((source, line));
            }
        }
    }
    graph
}

/// The modules, and the names that their parents re-export, with the module that each is in.
fn names(sources: &[Source]) -> BTreeMap<String, String> {
    let modules = sources.iter().filter_map(Source::module);
    let modules: BTreeMap<String, String> = modules.map(|name| (name.clone(), name)).collect();
    let mut names = modules.clone();
    for source in sources
        .iter()
        .filter(|source| source.path.ends_with("/mod.rs"))
    {
        let parent = source.module().unwrap_or_default();
        for (_, path) in source.paths() {
            let Some((child, name)) = path.split_once("::") else {
                continue;
            };
            if let Some(child) = modules.get(&format!("{parent}::{child}")) {
                let name = format!("{parent}::{name}");
                names.entry(name).or_insert_with(|| child.clone());
            }
        }
    }
    names
}

/// The innermost module that a path leads to.
fn resolve(names: &BTreeMap<String, String>, path: &str) -> String {
    let mut module = String::new();
    for name in path.split("::") {
        let longer = format!("{module}::{name}");
        match names.get(longer.trim_start_matches(':')) {
            Some(inner) => module.clone_from(inner),
            None => break,
        }
    }
    module
}

/// The two modules of one folder through which one module imports another: `a::b` and `a::c` for
/// `a::b::x` and `a::c::y`. None if one is within the other, or they are of different layers.
fn siblings(importer: &str, imported: &str) -> Option<(String, String)> {
    let [left, right] = [importer, imported].map(|path| path.split("::").collect::<Vec<_>>());
    let common = left.iter().zip(&right).take_while(|(l, r)| l == r).count();
    let upto = |path: &[&str]| Some(path.get(..=common)?.join("::"));
    (common > 0).then_some((upto(&left)?, upto(&right)?))
}

fn reaches(graph: &Graph<'_>, from: &str, to: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(module) = open.pop() {
        if module == to {
            return true;
        }
        if seen.insert(module) {
            let imports = graph.get(module).into_iter().flat_map(BTreeMap::keys);
            open.extend(imports.map(String::as_str));
        }
    }
    false
}
