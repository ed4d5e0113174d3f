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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::{Signal, batch, el, on_cleanup, root, signal};
    use std::cell::{Cell, RefCell};
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
    use web_sys::Element;

    wasm_bindgen_test_configure!(run_in_browser);

    /// What is in an element, without the marks.
    fn text(element: &El) -> String {
        element.element().text_content().unwrap_or_default()
    }

    fn children(element: &El) -> Vec<Element> {
        std::iter::successors(element.element().first_element_child(), Element::next_element_sibling).collect()
    }

    #[wasm_bindgen_test]
    fn a_region_follows_what_it_reads_and_ends_what_it_owned() {
        root(|| {
            let (name, ended) = (signal("a".to_owned()), Rc::new(Cell::new(0)));
            let count = Rc::clone(&ended);
            let list = el("p").text("<").dynamic(move || {
                let count = Rc::clone(&count);
                on_cleanup(move || count.set(count.get() + 1));
                name.get_clone().into()
            });
            let list = list.text(">");
            assert_eq!((text(&list), ended.get()), ("<a>".to_owned(), 0));
            name.set("<b>no mark-up</b>".to_owned());
            assert_eq!((text(&list), ended.get()), ("<<b>no mark-up</b>>".to_owned(), 1));
            assert!(children(&list).is_empty(), "text is never parsed");
        });
    }

    #[wasm_bindgen_test]
    fn a_region_inside_of_a_region_goes_with_it() {
        root(|| {
            let (outer, inner) = (signal(1), signal(1));
            let page = el("div").dynamic(move || {
                let first = outer.get();
                View::dynamic(move || View::from(format!("{first}.{}", inner.get())))
            });
            inner.set(2);
            assert_eq!(text(&page), "1.2");
            outer.set(2);
            assert_eq!(text(&page), "2.2");
            outer.set(3);
            inner.set(3);
            assert_eq!(text(&page), "3.3");
        });
    }

    #[wasm_bindgen_test]
    fn what_is_shown_is_built_once_for_a_condition_and_not_for_what_it_reads() {
        root(|| {
            let (number, label) = (signal(1), signal("x".to_owned()));
            let built = Rc::new(Cell::new(0));
            let count = Rc::clone(&built);
            let page = el("div").show(
                move || number.get() > 0,
                move || {
                    count.set(count.get() + 1);
                    el("b").text(&label.get_clone())
                },
            );
            number.set(2);
            label.set("y".to_owned());
            assert_eq!((text(&page), built.get()), ("x".to_owned(), 1));
            number.set(0);
            assert_eq!(text(&page), "");
            number.set(1);
            assert_eq!((text(&page), built.get()), ("y".to_owned(), 2));
        });
    }

    #[wasm_bindgen_test]
    fn rows_keep_their_elements_while_their_keys_stay() {
        root(|| {
            let keys: Signal<Vec<&str>> = signal(vec!["a", "b", "c"]);
            let ended = Rc::new(RefCell::new(Vec::new()));
            let log = Rc::clone(&ended);
            let row = move |key: &&'static str| {
                let (key, log) = (*key, Rc::clone(&log));
                Row::new(key.to_owned(), move || {
                    let log = Rc::clone(&log);
                    on_cleanup(move || log.borrow_mut().push(key));
                    el("li").text(key)
                })
            };
            let list = el("ol").keyed(move || keys.get_clone().iter().map(&row).collect());
            let before = children(&list);
            assert_eq!(text(&list), "abc");
            keys.set(vec!["c", "d", "a"]);
            assert_eq!(text(&list), "cda");
            let after = children(&list);
            assert!(after[0] == before[2] && after[2] == before[0], "the same elements, moved");
            assert_eq!(*ended.borrow(), ["b"], "only what is gone has ended");
            keys.set(Vec::new());
            assert_eq!(text(&list), "");
            assert_eq!(ended.borrow().len(), 4);
        });
    }

    #[wasm_bindgen_test]
    fn a_batch_is_shown_once() {
        root(|| {});
        let shown = Rc::new(Cell::new(0));
        let (one, other) = batch(|| (signal(1), signal(1)));
        let count = Rc::clone(&shown);
        batch(|| {
            effect(move || {
                count.set(count.get() + 1);
                let _ = one.get() + other.get();
            });
        });
        assert_eq!(shown.get(), 1);
        batch(|| {
            one.set(2);
            other.set(2);
        });
        assert_eq!(shown.get(), 2);
    }
}
