//! Copies the page as a picture: the next frame of the window, cut to the page.

use egui::{Context, Event, Rect, UserData, ViewportCommand};

/// The copy of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PictureState {
    /// None is wanted.
    #[default]
    None,
    /// The next frame is wanted.
    Wanted,
    /// It was requested.
    Requested,
}

impl PictureState {
    /// Requests the frame that is wanted, and copies it when it comes.
    pub fn update(&mut self, ctx: &Context, page: Rect) {
        match self {
            Self::None => {}
            Self::Wanted => {
                let command = ViewportCommand::Screenshot(UserData::default());
                ctx.send_viewport_cmd(command);
                *self = Self::Requested;
            }
            Self::Requested => {
                let image = ctx.input(|input| {
                    input.events.iter().find_map(|event| match event {
                        Event::Screenshot { image, .. } => Some(image.clone()),
                        _ => None,
                    })
                });
                if let Some(image) = image {
                    let scale = Some(ctx.pixels_per_point());
                    ctx.copy_image(image.region(&page.expand(8.0), scale));
                    *self = Self::None;
                }
            }
        }
    }
}
