//! Elements, built and bound by calls.

use super::reactive::{effect, listen};
use super::region::{self, Row, View};
use wasm_bindgen::{JsCast, JsValue, UnwrapThrowExt};
use web_sys::{Document, Element, Event, HtmlElement, Node};

/// Shows on an element whether something holds.
type Flag = Box<dyn Fn(&Element, bool)>;

/// An element of the document. Clones are the same element.
///
/// Text and attribute values are set as text, never parsed: a metric's name cannot become markup.
#[derive(Clone)]
pub(crate) struct El(Element);

/// The document.
pub(crate) fn document() -> Document {
    // The page's program runs in a window, and a window has a document.
    web_sys::window().and_then(|window| window.document()).unwrap_throw()
}

/// A new HTML element.
#[inline(never)]
pub(crate) fn el(tag: &'static str) -> El {
    // Fails for what is no name of an element; ours are.
    El(document().create_element(tag).unwrap_throw())
}

/// A drawing of 24 by 24, for a button or a label that says in words what it means. `filled` is painted, `stroked` drawn.
#[inline(never)]
pub(crate) fn icon(class: &'static str, filled: &'static str, stroked: &'static str) -> El {
    let svg = |tag: &str| El(document().create_element_ns(Some("http://www.w3.org/2000/svg"), tag).unwrap_throw());
    let picture = svg("svg").attr("viewBox", "0 0 24 24").attr("aria-hidden", "true").attr("class", class);
    for (class, path) in [("filled", filled), ("", stroked)] {
        if !path.is_empty() {
            picture.append(&svg("path").attr("class", class).attr("d", path).0);
        }
    }
    picture
}

impl El {
    /// The element itself, as what it is known to be.
    pub(crate) fn cast<T: JsCast>(&self) -> T {
        self.0.clone().unchecked_into()
    }

    pub(super) fn element(&self) -> &Element {
        &self.0
    }

    #[inline(never)]
    pub(super) fn append(&self, node: &Node) {
        // Fails only where an element would hold itself.
        self.0.append_child(node).unwrap_throw();
    }

    /// Sets an attribute.
    #[inline(never)]
    pub(crate) fn attr(self, name: &'static str, value: &str) -> Self {
        set_attribute(&self.0, name, value);
        self
    }

    /// Keeps an attribute up to date.
    pub(crate) fn attr_with(self, name: &'static str, value: impl Fn() -> String + 'static) -> Self {
        self.bound_attr(name, Box::new(value))
    }

    #[inline(never)]
    fn bound_attr(self, name: &'static str, value: Box<dyn Fn() -> String>) -> Self {
        let element = self.0.clone();
        effect(move || set_attribute(&element, name, &value()));
        self
    }

    /// Keeps an attribute that says `true` or `false` up to date, as ARIA wants it.
    pub(crate) fn aria_with(self, name: &'static str, value: impl Fn() -> bool + 'static) -> Self {
        self.bound_flag(
            Box::new(value),
            Box::new(move |element, is_true| {
                set_attribute(element, name, if is_true { "true" } else { "false" });
            }),
        )
    }

    /// Sets the classes, by the names that the style sheet knows.
    pub(crate) fn class(self, names: &str) -> Self {
        self.0.set_class_name(names);
        self
    }

    /// Adds a class while a condition holds.
    pub(crate) fn class_with(self, name: &'static str, is_on: impl Fn() -> bool + 'static) -> Self {
        self.bound_flag(
            Box::new(is_on),
            Box::new(move |element, is_on| {
                // Fails for a name with blanks; ours have none.
                let _ = element.class_list().toggle_with_force(name, is_on);
            }),
        )
    }

    /// Hides the element while a condition holds.
    pub(crate) fn hidden_with(self, is_hidden: impl Fn() -> bool + 'static) -> Self {
        self.property_with("hidden", move || JsValue::from_bool(is_hidden()))
    }

    #[inline(never)]
    fn bound_flag(self, value: Box<dyn Fn() -> bool>, set: Flag) -> Self {
        let element = self.0.clone();
        effect(move || set(&element, value()));
        self
    }

    /// Keeps a property of the object (not the attribute of the mark-up) up to date.
    pub(crate) fn property_with(self, name: &'static str, value: impl Fn() -> JsValue + 'static) -> Self {
        self.bound_property(name, Box::new(value))
    }

    #[inline(never)]
    fn bound_property(self, name: &'static str, value: Box<dyn Fn() -> JsValue>) -> Self {
        let element = self.0.clone();
        effect(move || {
            // Fails for frozen objects only.
            let _ = js_sys::Reflect::set(&element, &JsValue::from_str(name), &value());
        });
        self
    }

    /// Sets a style by script: the page's policy allows no style attribute.
    #[inline(never)]
    pub(crate) fn style(self, name: &'static str, value: &str) -> Self {
        set_style(&self.0, name, value);
        self
    }

    /// Keeps a style up to date.
    pub(crate) fn style_with(self, name: &'static str, value: impl Fn() -> String + 'static) -> Self {
        let element = self.0.clone();
        effect(move || set_style(&element, name, &value()));
        self
    }

    /// Adds text.
    #[inline(never)]
    pub(crate) fn text(self, text: &str) -> Self {
        self.append(&document().create_text_node(text));
        self
    }

    /// Adds text that is kept up to date.
    pub(crate) fn text_with(self, text: impl Fn() -> String + 'static) -> Self {
        self.bound_text(Box::new(text))
    }

    #[inline(never)]
    fn bound_text(self, text: Box<dyn Fn() -> String>) -> Self {
        let node = document().create_text_node("");
        self.append(&node);
        effect(move || node.set_data(&text()));
        self
    }

    /// Adds an element, or whatever there is to show.
    pub(crate) fn child(self, child: impl Into<View>) -> Self {
        self.boxed_child(child.into())
    }

    #[inline(never)]
    fn boxed_child(self, child: View) -> Self {
        if let Some(node) = child.node() {
            self.append(node);
        }
        self
    }

    /// Adds what is built anew whenever something that the building reads changes.
    pub(crate) fn dynamic(self, content: impl Fn() -> View + 'static) -> Self {
        self.boxed_child(View::dynamic(content))
    }

    /// Adds an element while a condition holds. The building reads without being told of changes.
    pub(crate) fn show(self, is_shown: impl Fn() -> bool + 'static, content: impl Fn() -> El + 'static) -> Self {
        self.boxed_child(View::show(is_shown, content))
    }

    /// Adds a list whose elements stay as long as their key is among the rows, and move where their row moves.
    pub(crate) fn keyed(self, rows: impl Fn() -> Vec<Row> + 'static) -> Self {
        region::keyed(&self, Box::new(rows));
        self
    }

    /// Does something on an event, for as long as the element's owner lives.
    pub(crate) fn on(self, name: &'static str, handler: impl FnMut(&Event) + 'static) -> Self {
        listen(&self.0, name, Box::new(handler));
        self
    }

    /// As [`El::on`], with the event as what its name says that it is.
    pub(crate) fn on_as<E: JsCast>(self, name: &'static str, mut handler: impl FnMut(&E) + 'static) -> Self {
        self.on(name, move |event| handler(event.unchecked_ref()))
    }

    /// Does something on a click, a tap, or a key that presses the button.
    pub(crate) fn on_click(self, mut handler: impl FnMut() + 'static) -> Self {
        self.on("click", move |_| handler())
    }
}

#[inline(never)]
fn set_attribute(element: &Element, name: &str, value: &str) {
    // Fails for what is no name of an attribute; ours are.
    element.set_attribute(name, value).unwrap_throw();
}

#[inline(never)]
fn set_style(element: &Element, name: &str, value: &str) {
    // A value that is none is left out by the browser, not refused.
    let _ = element.unchecked_ref::<HtmlElement>().style().set_property(name, value);
}
