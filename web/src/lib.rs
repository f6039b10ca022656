//! The pages, for people: made on the server, whole without JavaScript, in Italian and English.

pub mod assets;
