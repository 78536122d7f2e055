//! Text as HTML shows it. Pages and mails are made where they belong; nothing else of HTML is known here.

/// The text for an element or a quoted attribute.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_an_element_or_an_attribute() {
        assert_eq!(escaped("l'<b title=\"a&b\">"), "l&#39;&lt;b title=&quot;a&amp;b&quot;&gt;");
        assert_eq!(escaped("Zoé"), "Zoé");
    }
}
