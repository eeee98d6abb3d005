package table

import (
	"archive/zip"
	"compress/flate"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"
)

// The workbook is read here and not by excelize: streaming there gives cells as their number format
// shows them, which turns dates into "1/25/22", and takes the end of a damaged sheet for the end of
// the data.

// Bounds of what has to be held in memory: the workbook's table of strings, and every other part
// that is not a sheet.
const (
	maxStringBytes = 64 << 20
	maxStrings     = 4_000_000
	maxPartBytes   = 16 << 20
	maxFormats     = 65_536
)

// book is an opened workbook.
type book struct {
	parts   map[string]*zip.File
	sheets  []string // the paths of the visible sheets, in order
	strings []string
	formats []cellFormat // by the style index of a cell
	from904 bool         // days are counted from 1904
}

func openBook(r io.ReaderAt, size int64, opt Options) (*book, error) {
	z, err := openZip(r, size)
	if err != nil {
		return nil, err
	}
	b := &book{parts: map[string]*zip.File{}}
	var total uint64
	for _, f := range z.File {
		b.parts[strings.TrimPrefix(f.Name, "/")] = f
		// The zip reader holds every part to the size declared here.
		if f.UncompressedSize64 > uint64(opt.MaxBytes) {
			total = uint64(opt.MaxBytes)
		}
		if total += f.UncompressedSize64; total > uint64(opt.MaxBytes) {
			return nil, &Problem{Code: TooLarge, Args: limit(int(opt.MaxBytes >> 20))}
		}
	}
	workbook, err := b.related("_rels/.rels", "", "/officeDocument")
	if err != nil {
		return nil, err
	}
	if len(workbook) != 1 || !strings.HasPrefix(path.Base(onlyValue(workbook)), "workbook") {
		return nil, &Problem{Code: NotSpreadsheet}
	}
	return b, b.load(onlyValue(workbook))
}

func onlyValue(m map[string]string) string {
	for _, v := range m {
		return v
	}
	return ""
}

func (b *book) load(workbook string) error {
	dir := path.Dir(workbook)
	rels := path.Join(dir, "_rels", path.Base(workbook)+".rels")
	sheets, err := b.related(rels, dir, "/worksheet")
	if err != nil {
		return err
	}
	if err := b.readWorkbook(workbook, sheets); err != nil {
		return err
	}
	shared, err := b.related(rels, dir, "/sharedStrings")
	if err != nil {
		return err
	}
	if part := onlyValue(shared); part != "" {
		if err := b.readStrings(part); err != nil {
			return err
		}
	}
	styles, err := b.related(rels, dir, "/styles")
	if err != nil {
		return err
	}
	if part := onlyValue(styles); part != "" {
		return b.readStyles(part)
	}
	return nil
}

// walk gives every start of an element in a part to fn, with the decoder to read on from.
func (b *book) walk(part string, most int, fn func(dec *tokens, el xml.StartElement) error) error {
	if f := b.parts[part]; f != nil && f.UncompressedSize64 > uint64(most) {
		return &Problem{Code: TooLarge, Args: limit(most >> 20)}
	}
	in, err := b.part(part)
	if err != nil {
		return err
	}
	defer in.Close()
	dec := newTokens(in)
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return damage(err)
		}
		if el, ok := token.(xml.StartElement); ok {
			if err := fn(dec, el); err != nil {
				return damage(err)
			}
		}
	}
}

func (b *book) part(name string) (io.ReadCloser, error) {
	f := b.parts[name]
	if f == nil {
		return nil, &Problem{Code: BadSpreadsheet}
	}
	in, err := f.Open()
	if err != nil {
		return nil, damage(err)
	}
	return in, nil
}

// damage tells a damaged workbook from a failure to read it.
func damage(err error) error {
	var syntax *xml.SyntaxError
	var corrupt flate.CorruptInputError
	var typed *xml.UnmarshalError
	switch {
	case errors.As(err, &syntax), errors.As(err, &corrupt), errors.As(err, &typed), errors.Is(err, zip.ErrFormat),
		errors.Is(err, zip.ErrAlgorithm), errors.Is(err, zip.ErrChecksum), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF),
		strings.HasPrefix(err.Error(), "xml: "), strings.HasPrefix(err.Error(), "zip: "):
		return &Problem{Code: BadSpreadsheet}
	}
	return err
}

func attr(el xml.StartElement, name string) string {
	for _, a := range el.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// related lists the parts of a kind that a part refers to, by the identifier of the relation. A part
// without relations has none.
func (b *book) related(rels, dir, kind string) (map[string]string, error) {
	targets := map[string]string{}
	if b.parts[rels] == nil {
		return targets, nil
	}
	err := b.walk(rels, maxPartBytes, func(_ *tokens, el xml.StartElement) error {
		if el.Name.Local != "Relationship" || !strings.HasSuffix(attr(el, "Type"), kind) {
			return nil
		}
		target := attr(el, "Target")
		if strings.HasPrefix(target, "/") {
			target = target[1:]
		} else {
			target = path.Join(dir, target)
		}
		targets[attr(el, "Id")] = target
		return nil
	})
	return targets, err
}

func (b *book) readWorkbook(part string, sheets map[string]string) error {
	return b.walk(part, maxPartBytes, func(_ *tokens, el xml.StartElement) error {
		switch el.Name.Local {
		case "workbookPr":
			v := attr(el, "date1904")
			b.from904 = v == "1" || v == "true"
		case "sheet":
			visible := attr(el, "state") == "" || attr(el, "state") == "visible"
			for _, a := range el.Attr {
				// The relation is r:id; a plain id would be the sheet's number.
				if a.Name.Local == "id" && a.Name.Space != "" && visible && sheets[a.Value] != "" {
					b.sheets = append(b.sheets, sheets[a.Value])
				}
			}
		}
		return nil
	})
}

func (b *book) readStrings(part string) error {
	return b.walk(part, maxStringBytes, func(dec *tokens, el xml.StartElement) error {
		if el.Name.Local != "si" {
			return nil
		}
		if len(b.strings) == maxStrings {
			return &Problem{Code: TooLarge, Args: limit(maxStringBytes >> 20)}
		}
		text, err := readRichText(dec)
		b.strings = append(b.strings, text)
		return err
	})
}

// readRichText reads to the end of the element the decoder stands in and joins its texts, without
// the reading aids (rPh) that East Asian spreadsheets put beside them.
func readRichText(dec *tokens) (string, error) {
	var text strings.Builder
	inText := false
	for depth := 1; depth > 0; {
		token, err := dec.Token()
		if err != nil {
			return "", err
		}
		switch el := token.(type) {
		case xml.StartElement:
			if el.Name.Local == "rPh" {
				if err := dec.Skip(); err != nil {
					return "", err
				}
				continue
			}
			inText = el.Name.Local == "t"
			depth++
		case xml.EndElement:
			inText = false
			depth--
		case xml.CharData:
			if inText {
				text.Write(el)
			}
		}
	}
	return unescape(text.String()), nil
}

// unescape undoes _x000D_ and the like, by which spreadsheets write what XML cannot hold.
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var out strings.Builder
	for {
		i := strings.Index(s, "_x")
		if i < 0 || len(s) < i+7 {
			out.WriteString(s)
			return out.String()
		}
		code, ok := hex4(s[i+2 : i+6])
		if !ok || s[i+6] != '_' {
			out.WriteString(s[:i+2])
			s = s[i+2:]
			continue
		}
		out.WriteString(s[:i])
		out.WriteRune(code)
		s = s[i+7:]
	}
}

func hex4(s string) (rune, bool) {
	var n rune
	for _, c := range []byte(s) {
		switch {
		case c >= '0' && c <= '9':
			n = n*16 + rune(c-'0')
		case c >= 'A' && c <= 'F':
			n = n*16 + rune(c-'A') + 10
		case c >= 'a' && c <= 'f':
			n = n*16 + rune(c-'a') + 10
		default:
			return 0, false
		}
	}
	return n, true
}
