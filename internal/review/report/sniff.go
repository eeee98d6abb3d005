package report

import (
	"archive/zip"
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The kinds of attachment that are taken.
const (
	PDF  = "pdf"
	DOCX = "docx"
	XLSX = "xlsx"
	PNG  = "png"
	JPEG = "jpeg"
)

var mimes = map[string]string{
	PDF: "application/pdf", PNG: "image/png", JPEG: "image/jpeg",
	DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

// MIME is the media type of a kind; an unknown kind is bytes.
func MIME(kind string) string {
	if m := mimes[kind]; m != "" {
		return m
	}
	return "application/octet-stream"
}

// Accept lists what a file box should offer.
const Accept = ".pdf,.docx,.xlsx,.png,.jpg,.jpeg"

// Sniff tells the kind of a file by its content alone, or gives "" for what is not taken: anything else, and office
// files that carry macros or are encrypted. It unpacks nothing but the list of content types, and that to a limit.
func Sniff(r io.ReaderAt, size int64) string {
	head := make([]byte, 8)
	n, _ := r.ReadAt(head, 0)
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return PDF
	case bytes.Equal(head, []byte("\x89PNG\r\n\x1a\n")):
		return PNG
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return JPEG
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return sniffZip(r, size)
	}
	return ""
}

const maxTypes = 1 << 20

func sniffZip(r io.ReaderAt, size int64) string {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return ""
	}
	var types, main string
	for _, f := range z.File {
		name := strings.ToLower(strings.TrimPrefix(f.Name, "/"))
		switch {
		case f.Flags&1 != 0 || strings.HasSuffix(name, "vbaproject.bin"):
			return ""
		case name == "[content_types].xml" && types == "":
			types = readSome(f)
		case name == "word/document.xml" && main == "":
			main = DOCX
		case name == "xl/workbook.xml" && main == "":
			main = XLSX
		}
	}
	if main == "" || !strings.Contains(types, mimes[main]+".main+xml") || strings.Contains(types, "macroEnabled") {
		return ""
	}
	return main
}

func readSome(f *zip.File) string {
	rc, err := f.Open()
	if err != nil {
		return ""
	}
	defer rc.Close()
	text, err := io.ReadAll(io.LimitReader(rc, maxTypes))
	if err != nil {
		return ""
	}
	return string(text)
}

const maxName = 150

// CleanName makes a sent file name fit to be shown and saved: no path, no control or direction characters, not longer
// than 150 characters. A name whose end does not fit the kind gets the right one behind it.
func CleanName(name, kind string) string {
	name = strings.ToValidUTF8(name, "")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`<>:"|?*`, r) {
			return -1
		}
		return r
	}, name))
	name = strings.TrimLeft(name, ".")
	ext := strings.ToLower(filepath.Ext(name))
	fits := ext == "."+kind || kind == JPEG && ext == ".jpg"
	base := name
	if fits {
		base = name[:len(name)-len(ext)]
	} else {
		ext = "." + kind
	}
	if utf8.RuneCountInString(base) > maxName {
		base = string([]rune(base)[:maxName])
	}
	if base == "" {
		base = "file"
	}
	return base + ext
}
