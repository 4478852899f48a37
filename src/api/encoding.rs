//! A body as it came -> the body that was meant: answers may be compressed though nobody asked.
//!
//! gzip and deflate are read, up to the size of any other answer; what else there is, is named.

use std::io::{self, Read};

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// The most codings one on top of the other.
const MAX_CODINGS: usize = 3;

/// The body, of at most `most` bytes. `codings` is what `Content-Encoding` says.
pub(super) fn decoded(body: Vec<u8>, codings: &str, most: u64) -> Result<Vec<u8>, String> {
    let codings = codings.to_ascii_lowercase();
    let mut codings: Vec<&str> = codings.split(',').map(str::trim).collect();
    codings.retain(|coding| !coding.is_empty() && *coding != "identity");
    if codings.len() > MAX_CODINGS {
        return Err("the answer is compressed more than 3 times".into());
    }
    // A header may be missing, and not even name what is there.
    if codings.is_empty() && body.starts_with(&[0x1f, 0x8b]) {
        codings.push("gzip");
    }
    if codings.is_empty() && body.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        codings.push("zstd");
    }
    let mut body = body;
    for coding in codings.iter().rev() {
        body = once(body, coding, most)?;
    }
    Ok(body)
}

fn once(body: Vec<u8>, coding: &str, most: u64) -> Result<Vec<u8>, String> {
    let bytes = body.as_slice();
    let read = match coding {
        "gzip" | "x-gzip" => bounded(MultiGzDecoder::new(bytes), most),
        // RFC 9110 means zlib; some servers send the bare stream.
        "deflate" => bounded(ZlibDecoder::new(bytes), most)
            .or_else(|_| bounded(DeflateDecoder::new(bytes), most)),
        other => {
            // An answer that is plain all the same.
            if is_plain(bytes) {
                return Ok(body);
            }
            let name: String = other
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .take(20)
                .collect();
            return Err(format!(
                "the answer is compressed with {name}, which is not supported"
            ));
        }
    };
    match read {
        Ok(read) if read.len() as u64 > most => {
            Err(format!("{} when decompressed", too_long(most)))
        }
        Ok(read) => Ok(read),
        Err(_) if is_plain(bytes) => Ok(body),
        Err(_) => Err(format!(
            "the answer is compressed with {coding}, and damaged"
        )),
    }
}

/// What is wrong with an answer of more than `most` bytes.
pub(super) fn too_long(most: u64) -> String {
    format!("the answer is longer than {} MiB", most >> 20)
}

/// One byte more than allowed shows that there is more.
fn bounded(decoder: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut read = Vec::new();
    decoder.take(most + 1).read_to_end(&mut read)?;
    Ok(read)
}

/// Whether it reads as text, which nothing compressed does.
fn is_plain(body: &[u8]) -> bool {
    str::from_utf8(body)
        .is_ok_and(|text| !text.chars().any(|c| c.is_control() && !c.is_whitespace()))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    const MOST: u64 = 1 << 20;
    const TEXT: &[u8] = b"{\"error\": \"not on staff\"}";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).expect("memory");
        encoder.finish().expect("memory")
    }

    #[test]
    fn a_compressed_answer_is_read_whatever_its_header_says() {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(TEXT).expect("memory");
        let mut bare = DeflateEncoder::new(Vec::new(), Compression::default());
        bare.write_all(TEXT).expect("memory");
        for (body, codings) in [
            (gzip(TEXT), "gzip"),
            (gzip(TEXT), "X-GZIP"),
            (gzip(TEXT), ""),
            (gzip(&gzip(TEXT)), "gzip, gzip"),
            (zlib.finish().expect("memory"), "deflate"),
            (bare.finish().expect("memory"), "deflate"),
            (TEXT.to_vec(), "gzip"),
            (TEXT.to_vec(), "br"),
            (TEXT.to_vec(), "identity"),
        ] {
            assert_eq!(
                decoded(body, codings, MOST).as_deref(),
                Ok(TEXT),
                "{codings}"
            );
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let bomb = gzip(&vec![b' '; 4 << 20]);
        let mut cut = gzip(TEXT);
        cut.truncate(20);
        for (body, codings, words) in [
            (bomb, "gzip", "longer than 1 MiB"),
            (cut, "gzip", "damaged"),
            (vec![0xff; 9], "br", "compressed with br"),
            (vec![0x28, 0xb5, 0x2f, 0xfd, 0], "", "compressed with zstd"),
            (gzip(TEXT), "gzip,gzip,gzip,gzip", "more than 3 times"),
        ] {
            let error = decoded(body, codings, MOST).expect_err(words);
            assert!(error.contains(words), "{error}");
        }
    }
}
