//! Parts -> a workbook, also of kinds that no spreadsheet program writes.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONSHIPS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A ZIP archive of these parts.
pub(crate) fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in parts {
        archive.start_file(*name, options).expect("a part");
        archive.write_all(bytes).expect("room");
    }
    archive.finish().expect("an archive").into_inner()
}

/// An Excel workbook in the making.
pub(crate) struct Xlsx {
    /// Name, state, and what is in `sheetData`.
    sheets: Vec<(String, &'static str, String)>,
    /// The codes of the number formats that cells have as their style, from 1.
    formats: Vec<&'static str>,
    properties: &'static str,
    application: &'static str,
}

impl Xlsx {
    /// One sheet `Sheet1` with these rows.
    pub(crate) fn new(rows: &str) -> Self {
        Self {
            sheets: vec![("Sheet1".into(), "visible", rows.into())],
            formats: Vec::new(),
            properties: "",
            application: "Microsoft Excel",
        }
    }

    /// One sheet with the header `slug,status,data.a`, and rows `a1`, `a2` and so on, each with this as
    /// its third cell.
    pub(crate) fn of_cells(cells: &[&str]) -> Self {
        let rows = cells.iter().enumerate().map(|(at, cell)| {
            let slug = format!("a{}", at + 1);
            format!("<row>{}<c><v>2</v></c>{cell}</row>", text(&slug))
        });
        Self::new(&(header(&["slug", "status", "data.a"]) + &rows.collect::<String>()))
    }

    pub(crate) fn sheet(mut self, name: &str, state: &'static str, rows: &str) -> Self {
        self.sheets.push((name.into(), state, rows.into()));
        self
    }

    pub(crate) fn first(mut self, name: &str, state: &'static str, rows: &str) -> Self {
        self.sheets.insert(0, (name.into(), state, rows.into()));
        self
    }

    /// The number formats of styles 1, 2 and so on.
    pub(crate) fn formats(mut self, codes: &[&'static str]) -> Self {
        self.formats = codes.to_vec();
        self
    }

    pub(crate) fn since_1904(mut self) -> Self {
        self.properties = "<workbookPr date1904=\"1\"/>";
        self
    }

    pub(crate) fn written_by(mut self, name: &'static str) -> Self {
        self.application = name;
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let relation = |id: usize, kind: &str, target: &str| {
            format!(
                "<Relationship Id=\"r{id}\" Type=\"{RELATIONSHIPS}/{kind}\" Target=\"{target}\"/>"
            )
        };
        let relations =
            |inside: String| format!("<Relationships>{inside}</Relationships>").into_bytes();
        let mut related = relation(0, "styles", "styles.xml");
        let (mut sheets, mut parts) = (String::new(), Vec::new());
        for (at, (name, state, rows)) in self.sheets.iter().enumerate() {
            let id = at + 1;
            related += &relation(id, "worksheet", &format!("worksheets/sheet{id}.xml"));
            let _ = write!(
                sheets,
                "<sheet name=\"{name}\" sheetId=\"{id}\" state=\"{state}\" r:id=\"r{id}\"/>"
            );
            let sheet =
                format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>");
            parts.push((format!("xl/worksheets/sheet{id}.xml"), sheet.into_bytes()));
        }
        let workbook = format!(
            "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONSHIPS}\">{}<sheets>{sheets}</sheets></workbook>",
            self.properties
        );
        let application = format!(
            "<Properties><Application>{}</Application></Properties>",
            self.application
        );
        parts.extend([
            ("[Content_Types].xml".into(), b"<Types/>".to_vec()),
            (
                "_rels/.rels".into(),
                relations(relation(1, "officeDocument", "xl/workbook.xml")),
            ),
            ("xl/workbook.xml".into(), workbook.into_bytes()),
            ("xl/_rels/workbook.xml.rels".into(), relations(related)),
            ("xl/styles.xml".into(), self.styles().into_bytes()),
            ("docProps/app.xml".into(), application.into_bytes()),
        ]);
        let parts: Vec<_> = parts
            .iter()
            .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
            .collect();
        archive(&parts)
    }

    fn styles(&self) -> String {
        let (mut formats, mut styles) = (String::new(), "<xf numFmtId=\"0\"/>".to_owned());
        for (at, code) in self.formats.iter().enumerate() {
            let id = 170 + at;
            let code = code
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('"', "&quot;");
            let _ = write!(formats, "<numFmt numFmtId=\"{id}\" formatCode=\"{code}\"/>");
            let _ = write!(styles, "<xf numFmtId=\"{id}\"/>");
        }
        format!("<styleSheet><numFmts>{formats}</numFmts><cellXfs>{styles}</cellXfs></styleSheet>")
    }
}

/// A cell with that text.
pub(crate) fn text(text: &str) -> String {
    format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

/// A row of texts.
pub(crate) fn header(names: &[&str]) -> String {
    let cells: String = names.iter().map(|name| text(name)).collect();
    format!("<row>{cells}</row>")
}

/// An `.ods` file with these tables.
pub(crate) fn ods(styles: &str, tables: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content><office:automatic-styles>{styles}</office:automatic-styles>\
         <office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    );
    archive(&[
        (
            "mimetype",
            b"application/vnd.oasis.opendocument.spreadsheet",
        ),
        ("content.xml", content.as_bytes()),
        ("META-INF/manifest.xml", b"<manifest:manifest/>"),
    ])
}
