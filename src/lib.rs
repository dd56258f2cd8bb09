//! gemba
