//! What the accents so far make of the next beat: a variable-order Markov model by context-tree weighting.

/// A context tree over a string of beats (Willems, Shtarkov and Tjalkens 1995): the Bayesian mixture of all Markov models
/// whose order, up to `depth`, may vary with the context, each with the estimator of Krichevsky and Trofimov.
///
/// Before the first beat it sees unaccented ones. A beat takes time and at most memory in proportion to the depth.
#[derive(Clone, Debug)]
pub struct ContextTree {
    depth: usize,
    nodes: Vec<Node>,
    /// The last `depth` beats, the latest in the lowest bit.
    recent: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Node {
    /// How often an unaccented and an accented beat followed.
    counts: [u32; 2],
    /// ln of the estimator's probability of what followed over that of the children's mixture.
    ln_ratio: f64,
    /// The nodes of the contexts that are one beat longer, 0 for none.
    children: [u32; 2],
}

impl Node {
    fn estimate(&self, accent: usize) -> f64 {
        (f64::from(self.counts[accent]) + 0.5) / (f64::from(self.counts[0]) + f64::from(self.counts[1]) + 1.0)
    }

    /// The mixture of the estimator and what the longer contexts say.
    fn mixed(&self, own: f64, longer: f64) -> f64 {
        // The weight of the estimator, by its success so far.
        let weight = 1.0 / (1.0 + (-self.ln_ratio).exp());
        weight * own + (1.0 - weight) * longer
    }
}

impl ContextTree {
    /// A tree that has seen nothing, with contexts of up to `depth` beats (at most 63).
    pub fn new(depth: usize) -> Self {
        Self { depth: depth.min(63), nodes: vec![Node::default()], recent: 0 }
    }

    /// The probability that the next beat is accented.
    pub fn predict(&self) -> f64 {
        let path = self.path();
        // A context that was never seen says nothing: one half.
        let mut probability = 0.5;
        for (place, node) in path.iter().enumerate().rev() {
            let node = self.nodes.get(*node).copied().unwrap_or_default();
            let own = node.estimate(1);
            probability = if place == self.depth { own } else { node.mixed(own, probability) };
        }
        probability
    }

    /// Takes the next beat; gives its surprisal −log₂ p in bits.
    pub fn push(&mut self, accent: bool) -> f64 {
        let symbol = usize::from(accent);
        self.grow();
        let path = self.path();
        let mut longer = 0.5;
        for (place, node) in path.iter().enumerate().rev() {
            let is_leaf = place == self.depth;
            let Some(node) = self.nodes.get_mut(*node) else { continue };
            let own = node.estimate(symbol);
            let mixed = if is_leaf { own } else { node.mixed(own, longer) };
            if !is_leaf {
                // Far beyond this one of the two weights is zero anyway.
                node.ln_ratio = (node.ln_ratio + (own / longer).ln()).clamp(-700.0, 700.0);
            }
            node.counts[symbol] += 1;
            longer = mixed;
        }
        self.recent = (self.recent << 1) | u64::from(accent);
        -longer.log2()
    }

    /// The nodes of the current context that exist, from the root on.
    fn path(&self) -> Vec<usize> {
        let mut path = vec![0];
        let mut node = 0usize;
        for place in 0..self.depth {
            let turn = (self.recent >> place) as usize & 1;
            let child = self.nodes.get(node).map_or(0, |node| node.children[turn]);
            if child == 0 {
                break;
            }
            node = child as usize;
            path.push(node);
        }
        path
    }

    /// Makes the nodes of the current context that do not exist.
    fn grow(&mut self) {
        let mut node = 0usize;
        for place in 0..self.depth {
            let turn = (self.recent >> place) as usize & 1;
            let new = self.nodes.len() as u32;
            let Some(known) = self.nodes.get_mut(node) else { return };
            if known.children[turn] == 0 {
                known.children[turn] = new;
                self.nodes.push(Node::default());
                node = new as usize;
            } else {
                node = known.children[turn] as usize;
            }
        }
    }
}

/// The surprisal of each beat given those before it, in bits, by a [`ContextTree`] of this depth.
pub fn accent_surprisal(accents: &[bool], depth: usize) -> Vec<f64> {
    let mut tree = ContextTree::new(depth);
    accents.iter().map(|&accent| tree.push(accent)).collect()
}
