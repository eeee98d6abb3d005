// Package docx writes official letters and lists as WordprocessingML (.docx), in two styles: Plain,
// and Official after GB/T 9704-2012 without its red heading, which software must not issue by itself.
// Fonts are named, with others to fall back on, and not embedded. The same document gives the same
// bytes.
package docx

import (
	"archive/zip"
	"errors"
	"io"
	"time"
)

// Style is the look of a document.
type Style int

// The styles.
const (
	Plain Style = iota
	Official
)

// Language decides the numbering of headings, the indent of paragraphs and the marks of punctuation
// that the writer itself sets.
type Language int

// The languages.
const (
	Chinese Language = iota
	English
)

// Document is one letter or list. Only Title and Blocks are usual; empty fields leave nothing behind.
// Texts are plain: a line feed is a line break, characters that XML cannot hold become U+FFFD.
type Document struct {
	Style     Style
	Language  Language
	Title     string // a line feed breaks it where its author wants
	Number    string // the document's number, below the title
	Addressee string // the colon is added
	Blocks    []Block
	// Attachments are the titles of what is attached, in the note below the text.
	Attachments []string
	Signature   string
	Date        string // as it shall be read, such as 2022年1月25日
	// Landscape turns every page. A wide table in an upright document has its own Landscape.
	Landscape bool
	// Fonts replaces font names of the style where not empty.
	Fonts Fonts
}

// Fonts names font families: of the title, of the text, of headings of the first and second level and
// of Latin letters and figures.
type Fonts struct{ Title, Body, Heading, Subheading, Latin string }

// Block is a piece of the text: Heading, Paragraph, Table or PageBreak.
type Block interface{ write(*body) }

// Heading is a numbered heading. Level is 1 to 4, which in Chinese are numbered 一、 （一） 1. （1）;
// a Heading of a higher level begins the count below it anew. Unnumbered leaves the number out.
type Heading struct {
	Level      int
	Text       string
	Unnumbered bool
}

// Align is where the lines of a paragraph or a cell stand.
type Align int

// The alignments. Standard is both edges for paragraphs and left for cells.
const (
	Standard Align = iota
	Left
	Center
	Right
)

// Paragraph is running text, its first line indented by two characters in Chinese unless Flush or
// aligned. Lead is a phrase in bold before the text.
type Paragraph struct {
	Lead  string
	Text  string
	Align Align
	Flush bool
}

// Column is a column of a table. Width is relative to that of the other columns; where no column has
// one, the texts decide.
type Column struct {
	Title string
	Width float64
	Align Align
}

// Table has a head that is repeated on every page, unless no column has a title. Caption stands above
// it. Landscape gives it pages of its own, turned.
type Table struct {
	Caption   string
	Columns   []Column
	Rows      [][]string
	Landscape bool
}

// PageBreak begins a new page.
type PageBreak struct{}

// WriteTo writes the document as a .docx file.
func (d Document) WriteTo(w io.Writer) (int64, error) {
	counted := &counter{w: w}
	z := zip.NewWriter(counted)
	look := d.look()
	text := d.writeBody(look)
	parts := []struct {
		name string
		data []byte
	}{
		{"[Content_Types].xml", contentTypes(look)},
		{"_rels/.rels", rootRelations()},
		{"docProps/core.xml", coreProperties(d)},
		{"word/document.xml", text},
		{"word/_rels/document.xml.rels", documentRelations(look)},
		{"word/styles.xml", look.styles()},
		{"word/settings.xml", look.settings()},
		{"word/fontTable.xml", look.fontTable()},
	}
	for _, f := range look.footers() {
		parts = append(parts, struct {
			name string
			data []byte
		}{"word/" + f.file, f.data})
	}
	for _, p := range parts {
		// Reproducible: ZIP knows no time before this one.
		out, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate,
			Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			return counted.n, err
		}
		if _, err := out.Write(p.data); err != nil {
			return counted.n, err
		}
	}
	return counted.n, errors.Join(z.Close(), counted.err)
}

type counter struct {
	w   io.Writer
	n   int64
	err error
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	c.err = err
	return n, err
}
