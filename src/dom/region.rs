//! Parts of the document that are built anew, or not at all, as signals say.

use super::element::{El, document};
use super::reactive::{effect, memo, untrack};
use std::rc::Rc;
use sycamore_reactive::{NodeHandle, create_child_scope, use_current_scope};
use wasm_bindgen::UnwrapThrowExt;
use web_sys::Node;

/// What there is to show: an element, some text, several of them, or nothing.
#[derive(Default)]
pub(crate) struct View(Option<Node>);

impl View {
    /// Nothing.
    pub(crate) const NONE: Self = Self(None);

    /// What is built anew whenever something that the building reads changes.
    pub(crate) fn dynamic(content: impl Fn() -> View + 'static) -> Self {
        dynamic(Box::new(content))
    }

    /// An element while a condition holds. The building reads without being told of changes.
    pub(crate) fn show(is_shown: impl Fn() -> bool + 'static, content: impl Fn() -> El + 'static) -> Self {
        show(Box::new(is_shown), Box::new(content))
    }

    pub(super) fn node(&self) -> Option<&Node> {
        self.0.as_ref()
    }
}

impl From<El> for View {
    fn from(element: El) -> Self {
        Self(Some(element.element().clone().into()))
    }
}

impl From<&str> for View {
    fn from(text: &str) -> Self {
        Self(Some(document().create_text_node(text).into()))
    }
}

impl<V: Into<View>> From<Option<V>> for View {
    fn from(view: Option<V>) -> Self {
        view.map_or(Self::NONE, Into::into)
    }
}

impl From<String> for View {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl<V: Into<View>> FromIterator<V> for View {
    fn from_iter<I: IntoIterator<Item = V>>(views: I) -> Self {
        let fragment = Node::from(document().create_document_fragment());
        for view in views {
            if let Some(node) = view.into().0 {
                // Fails only where a node would hold itself.
                fragment.append_child(&node).unwrap_throw();
            }
        }
        Self(Some(fragment))
    }
}

/// Two marks in the document, and what stands between them.
struct Region {
    start: Node,
    end: Node,
}

impl Region {
    fn replace(&self, view: &View) {
        let Some(parent) = self.end.parent_node() else { return };
        while let Some(node) = self.start.next_sibling().filter(|node| *node != self.end) {
            // It was just found there.
            parent.remove_child(&node).unwrap_throw();
        }
        if let Some(node) = view.node() {
            parent.insert_before(node, Some(&self.end)).unwrap_throw();
        }
    }
}

#[inline(never)]
fn dynamic(content: Box<dyn Fn() -> View>) -> View {
    let mark = || Node::from(document().create_comment(""));
    let region = Region { start: mark(), end: mark() };
    let view = [&region.start, &region.end].into_iter().map(|mark| View(Some(mark.clone()))).collect();
    effect(move || region.replace(&content()));
    view
}

#[inline(never)]
fn show(is_shown: Box<dyn Fn() -> bool>, content: Box<dyn Fn() -> El>) -> View {
    let is_shown = memo(is_shown);
    dynamic(Box::new(move || is_shown.get().then(|| untrack(&content)).into()))
}

/// A row of a list: its key, and how it is built if it is not there yet.
pub(crate) struct Row {
    key: String,
    build: Rc<dyn Fn() -> El>,
}

impl Row {
    /// A row; `key` is unique in its list and changes whenever the row has to be built anew.
    pub(crate) fn new(key: String, build: impl Fn() -> El + 'static) -> Self {
        Self { key, build: Rc::new(build) }
    }
}

struct Built {
    key: String,
    element: El,
    owner: NodeHandle,
}

#[inline(never)]
pub(super) fn keyed(parent: &El, rows: Box<dyn Fn() -> Vec<Row>>) {
    let parent = parent.clone();
    // The rows belong to the list and not to the effect, which ends what it owns whenever it runs.
    let list = use_current_scope();
    let mut before: Vec<Built> = Vec::new();
    effect(move || {
        let mut now: Vec<Built> = Vec::new();
        for row in rows() {
            // Most lists keep their order: then the first one left is the one.
            let place = before.iter().position(|built| built.key == row.key);
            now.push(place.map_or_else(|| build(list, &row), |place| before.remove(place)));
        }
        for gone in before.drain(..) {
            gone.element.element().remove();
            gone.owner.dispose();
        }
        // From the last to the first, touching only what is out of place: an element that moves loses the focus.
        let mut next: Option<Node> = None;
        for built in now.iter().rev() {
            let element = built.element.element();
            if element.parent_node().is_none() || element.next_sibling() != next {
                parent.element().insert_before(element, next.as_ref()).unwrap_throw();
            }
            next = Some(element.clone().into());
        }
        before = now;
    });
}

fn build(list: NodeHandle, row: &Row) -> Built {
    let mut element = None;
    let owner = list.run_in(|| create_child_scope(|| element = Some(untrack(|| (row.build)()))));
    // The scope has just run.
    Built { key: row.key.clone(), element: element.unwrap_throw(), owner }
}
