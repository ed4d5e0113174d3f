//! Who calls whom, of the service that is chosen: dotted arrows through the middle, unlike the chords of what was found.

use super::chords::{Channel, Ends, arrowhead, shortest_turn, smooth};
use super::sectors::Sector;
use crate::display::{Scene, Stroke};
use crate::hit::{Hit, Region, Target};
use crate::paint::Paint;
use report::{Report, Subject};

const WIDTH_PX: f64 = 1.5;
const HEAD_PX: f64 = 6.0;

/// Draws the calls that the emphasised service makes and gets, where they are known; of no other.
pub(crate) fn draw(
    scene: &mut Scene,
    report: &Report,
    sectors: &[Sector],
    emphasised: Option<Subject>,
    channel: &Channel,
) {
    let end_px = channel.hole_px - 3.0;
    let Some(Subject::Service(chosen)) = emphasised.filter(|_| end_px > channel.clear_px + 4.0) else { return };
    let middle = |service: usize| {
        let own = sectors.iter().find(|sector| sector.subject == Some(Subject::Service(service)))?;
        Some((own.start + own.end) / 2.0)
    };
    let name = |service: usize| report.services.get(service).map_or("?", |service| service.name.as_str());
    let calls = report.services.iter().enumerate();
    let calls = calls.flat_map(|(caller, service)| service.calls.iter().map(move |callee| (caller, *callee)));
    let own = calls.filter(|(caller, callee)| *caller == chosen || *callee == chosen);
    for (caller, callee) in own.take(channel.most) {
        let (Some(from_angle), Some(to_angle)) = (middle(caller), middle(callee)) else { continue };
        let turn = shortest_turn(from_angle, to_angle);
        let ends = Ends { start_px: end_px, finish_px: end_px - HEAD_PX, from_angle, turn };
        let points = ends.points(channel.polar, channel.clear_px + 8.0, channel.clear_px + 3.0);
        scene.path(smooth(&points).stroke(Stroke::flat(Paint::Muted, WIDTH_PX).dashed(&[1.5, 3.0])));
        scene.path(arrowhead(channel.polar, end_px, HEAD_PX, to_angle).fill(Paint::Muted));
        scene.hits.push(Hit {
            region: Region::Near { points, within_px: WIDTH_PX + 3.0 },
            target: Target::Service(if caller == chosen { callee } else { caller }),
            description: format!("{} calls {}", name(caller), name(callee)),
        });
    }
}
