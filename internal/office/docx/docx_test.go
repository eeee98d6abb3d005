package docx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// opened is a written document, unpacked.
type opened map[string]string

func write(t testing.TB, d Document) opened {
	t.Helper()
	var out bytes.Buffer
	n, err := d.WriteTo(&out)
	if err != nil || n != int64(out.Len()) {
		t.Fatalf("%d bytes of %d, %v", n, out.Len(), err)
	}
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), n)
	if err != nil {
		t.Fatal(err)
	}
	parts := opened{}
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(data)
	}
	return parts
}

// node is an element of a parsed part.
type node struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []node     `xml:",any"`
}

func (n node) attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// walk visits a node and all below it.
func (n node) walk(visit func(node)) {
	visit(n)
	for _, c := range n.Children {
		c.walk(visit)
	}
}

func (n node) find(name string) []node {
	var found []node
	n.walk(func(c node) {
		if c.XMLName.Local == name {
			found = append(found, c)
		}
	})
	return found
}

func parse(t testing.TB, part string) node {
	t.Helper()
	var n node
	if err := xml.Unmarshal([]byte(part), &n); err != nil {
		t.Fatalf("%v in %.200s", err, part)
	}
	return n
}

// paragraphs gives the texts as "style: text"; line breaks are shown as /, tabs as >.
func (o opened) paragraphs(t testing.TB) []string {
	t.Helper()
	var lines []string
	for _, p := range parse(t, o["word/document.xml"]).find("p") {
		line := ""
		for _, s := range p.find("pStyle") {
			line = s.attr("val") + ": "
		}
		p.walk(func(n node) {
			switch n.XMLName.Local {
			case "t":
				line += n.Text
			case "br":
				line += "/"
			case "tab":
				line += ">"
			}
		})
		lines = append(lines, line)
	}
	return lines
}

func letter(style Style, language Language) Document {
	return Document{
		Style: style, Language: language, Title: "Feedback\non the review", Number: "No. 1", Addressee: "To the unit",
		Blocks: []Block{
			Heading{Level: 1, Text: "First"}, Paragraph{Lead: "Lead. ", Text: "a < b & c\nnext\tcell"},
			Heading{Level: 2, Text: "Second"}, Heading{Level: 2, Text: "Third"}, Heading{Level: 3, Text: "Fourth"}, Heading{Level: 4, Text: "Fifth"},
			Heading{Level: 1, Text: "Sixth"}, Heading{Level: 2, Text: "Seventh"}, Heading{Level: 1, Text: "Eighth", Unnumbered: true},
			Table{Caption: "Scores", Columns: []Column{{Title: "Part", Width: 3}, {Title: "Score", Width: 1, Align: Right}}, Rows: [][]string{{"Ballot", "92.50"}, {"Short"}}},
			PageBreak{},
			Table{Caption: "List", Columns: []Column{{Title: "No."}, {Title: "Finding"}}, Rows: [][]string{{"1", "x"}}, Landscape: true},
			Table{Columns: []Column{{}, {}}, Rows: [][]string{{"k", "v"}}, Landscape: true},
			Paragraph{Text: "Centred", Align: Center}, Paragraph{Text: "Flush", Flush: true},
		},
		Attachments: []string{"One", "Two"}, Signature: "Office", Date: "27 January 2022",
	}
}

func TestText(t *testing.T) {
	got := write(t, letter(Official, Chinese)).paragraphs(t)
	want := []string{"Title: Feedback/on the review", "DocumentNumber: No. 1", "Addressee: To the unit：", "Heading1: 一、First",
		"BodyText: Lead. a < b & c/next>cell", "Heading2: （一）Second", "Heading2: （二）Third", "Heading3: 1.Fourth", "Heading4: （1）Fifth",
		"Heading1: 二、Sixth", "Heading2: （一）Seventh", "Heading1: Eighth", "Caption: Scores", "TableHead: Part", "TableHead: Score",
		"TableText: Ballot", "TableText: 92.50", "TableText: Short", "TableText: ", "TableEnd: ", "/", "SectionEnd: ", "Caption: List",
		"TableHead: No.", "TableHead: Finding", "TableText: 1", "TableText: x", "TableEnd: ", "TableText: k", "TableText: v", "TableEnd: ",
		"SectionEnd: ", "BodyText: Centred", "BodyText: Flush", "Attachment: 附件：1.>One", "Attachment: 2.>Two", "Signature: Office", "Signature: 27 January 2022"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	english := write(t, letter(Plain, English)).paragraphs(t)
	for _, line := range []string{"Addressee: To the unit:", "Heading1: 1. First", "Heading2: 1.2 Third", "Heading3: 1.2.1 Fourth",
		"Heading4: 1.2.1.1 Fifth", "Heading2: 2.1 Seventh", "Attachment: Attachments: 1.>One"} {
		if !slices.Contains(english, line) {
			t.Errorf("%q is not in %q", line, english)
		}
	}
}

func TestPackageHoldsTogether(t *testing.T) {
	for _, style := range []Style{Plain, Official} {
		parts := write(t, letter(style, Chinese))
		types := parse(t, parts["[Content_Types].xml"])
		for name, data := range parts {
			parse(t, data)
			known := strings.HasSuffix(name, ".rels") || name == "[Content_Types].xml"
			for _, o := range types.find("Override") {
				known = known || o.attr("PartName") == "/"+name
			}
			if !known {
				t.Errorf("%s has no content type", name)
			}
		}
		ids := map[string]bool{}
		for dir, rels := range map[string]string{".": "_rels/.rels", "word": "word/_rels/document.xml.rels"} {
			for _, r := range parse(t, parts[rels]).find("Relationship") {
				ids[r.attr("Id")] = true
				if parts[path.Join(dir, r.attr("Target"))] == "" {
					t.Errorf("%s leads nowhere", r.attr("Target"))
				}
			}
		}
		body := parse(t, parts["word/document.xml"])
		for _, f := range body.find("footerReference") {
			if !ids[f.attr("id")] {
				t.Errorf("no footer %s", f.attr("id"))
			}
		}
		defined := map[string]bool{}
		for _, s := range parse(t, parts["word/styles.xml"]).find("style") {
			defined[s.attr("styleId")] = true
		}
		for _, s := range body.find("pStyle") {
			if !defined[s.attr("val")] {
				t.Errorf("style %s is not defined", s.attr("val"))
			}
		}
	}
}

// order is the sequence in which the standard wants the children of an element. Word calls a file
// damaged that departs from it; other programs do not notice.
var order = map[string]string{
	"pPr":      "pStyle keepNext snapToGrid spacing ind jc outlineLvl sectPr",
	"rPr":      "rFonts b spacing sz szCs lang",
	"tblPr":    "tblpPr tblW tblInd tblBorders tblLayout tblCellMar",
	"tcPr":     "tcW textDirection vAlign",
	"sectPr":   "footerReference type pgSz pgMar docGrid",
	"style":    "name basedOn next qFormat pPr rPr tblPr",
	"tbl":      "tblPr tblGrid tr",
	"tr":       "trPr tc",
	"tc":       "tcPr p",
	"font":     "altName charset family pitch",
	"settings": "evenAndOddHeaders characterSpacingControl compat themeFontLang",
}

func TestElementsStandInOrder(t *testing.T) {
	for _, style := range []Style{Plain, Official} {
		for name, data := range write(t, letter(style, Chinese)) {
			parse(t, data).walk(func(n node) {
				sequence, checked := order[n.XMLName.Local]
				if !checked {
					return
				}
				last := -1
				for _, c := range n.Children {
					at := slices.Index(strings.Fields(sequence), c.XMLName.Local)
					if at < last || at < 0 {
						t.Errorf("%s: %s out of order in %s", name, c.XMLName.Local, n.XMLName.Local)
					}
					last = at
				}
			})
		}
	}
}

func TestPages(t *testing.T) {
	body := parse(t, write(t, letter(Official, Chinese))["word/document.xml"])
	var sizes []string
	for _, s := range body.find("sectPr") {
		size, margin := s.find("pgSz")[0], s.find("pgMar")[0]
		sizes = append(sizes, size.attr("w")+"x"+size.attr("h")+" "+margin.attr("top")+" "+margin.attr("right")+" "+margin.attr("bottom")+" "+margin.attr("left"))
		if len(s.find("footerReference")) != 2 {
			t.Error("odd and even pages need a footer each")
		}
	}
	upright, turned := "11906x16838 2098 1474 1984 1587", "16838x11906 1587 2098 1474 1984"
	if !slices.Equal(sizes, []string{upright, turned, upright}) {
		t.Errorf("%q", sizes)
	}
	for name, d := range map[string]Document{
		"turned as a whole":  {Landscape: true, Blocks: []Block{Table{Columns: []Column{{Title: "a"}}, Landscape: true}, Paragraph{Text: "x"}}},
		"nothing but a list": {Blocks: []Block{Table{Columns: []Column{{Title: "a"}}, Landscape: true}}},
	} {
		sections := parse(t, write(t, d)["word/document.xml"]).find("sectPr")
		if len(sections) != 1 || sections[0].find("pgSz")[0].attr("orient") != "landscape" {
			t.Errorf("%s: %d sections", name, len(sections))
		}
	}
}

func TestPageNumbersHaveDashes(t *testing.T) {
	for _, style := range []Style{Plain, Official} {
		parts := write(t, Document{Style: style})
		for name, data := range parts {
			if !strings.Contains(name, "footer") {
				continue
			}
			text := ""
			parse(t, data).walk(func(n node) {
				if n.XMLName.Local == "t" {
					text += n.Text
				}
			})
			if text != "— 1 —" || !strings.Contains(data, `w:instr=" PAGE "`) {
				t.Errorf("%s: %q", name, text)
			}
		}
		if strings.Contains(parts["word/settings.xml"], "evenAndOdd") != (style == Official) {
			t.Error("only official letters tell odd from even pages")
		}
	}
}

func TestTables(t *testing.T) {
	body := parse(t, write(t, letter(Official, Chinese))["word/document.xml"])
	tables := body.find("tbl")
	if len(tables) != 3 || len(tables[0].find("tblHeader")) != 1 || len(tables[2].find("tblHeader")) != 0 {
		t.Fatal("heads are repeated where there are any")
	}
	for i, total := range []int{8845, 16838 - 2098 - 1984, 16838 - 2098 - 1984} {
		sum := 0
		for _, c := range tables[i].find("gridCol") {
			var w int
			for _, digit := range c.attr("w") {
				w = w*10 + int(digit-'0')
			}
			sum += w
		}
		if sum != total {
			t.Errorf("table %d is %d wide, the text %d", i, sum, total)
		}
	}
	if w := tables[0].find("gridCol"); w[0].attr("w") != "6633" {
		t.Errorf("three quarters are %s", w[0].attr("w"))
	}
}

func TestNaturalWidths(t *testing.T) {
	long := strings.Repeat("长", 80)
	for name, tc := range map[string]struct {
		row  []string
		want []int
	}{
		"long texts wrap":   {[]string{"1", long, "2022-06-30"}, []int{420, 7100, 780}},
		"two long ones":     {[]string{long, long, "2022-06-30"}, []int{3760, 3760, 780}},
		"short ones spread": {[]string{"一二三四", "一二三四", "一二三四"}, []int{2766, 2766, 2768}},
	} {
		got := Table{Columns: make([]Column, 3), Rows: [][]string{tc.row}}.widths(8300, 120)
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestSignatureStandsOverTheDate(t *testing.T) {
	for _, tc := range []struct{ name, date, want string }{
		{"市委员会办公室", "2022年1月27日", "375 400"},               // 7 against 6.5 characters
		{"办公室", "2022年1月27日", "575 400"},                   // shorter: further in
		{strings.Repeat("长", 16), "2022年1月27日", "200 675"}, // too long: the date moves
		{"", "2022年1月27日", "400"},
		{"办公室", "", "400"},
	} {
		var got []string
		for _, p := range parse(t, write(t, Document{Signature: tc.name, Date: tc.date})["word/document.xml"]).find("ind") {
			got = append(got, p.attr("rightChars"))
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%s over %s: %q, want %s", tc.name, tc.date, got, tc.want)
		}
	}
}

func TestChineseNumber(t *testing.T) {
	for n, want := range map[int]string{1: "一", 10: "十", 11: "十一", 20: "二十", 21: "二十一", 100: "一百", 101: "一百零一", 110: "一百一十",
		115: "一百一十五", 1000: "一千", 1001: "一千零一", 1010: "一千零一十", 2022: "二千零二十二", 0: "0", 10000: "10000"} {
		if got := chineseNumber(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}

func TestFontsCanBeReplaced(t *testing.T) {
	parts := write(t, Document{Style: Official, Fonts: Fonts{Title: "My Title", Body: `A"B`}})
	fonts := map[string]bool{}
	for _, f := range parse(t, parts["word/fontTable.xml"]).find("font") {
		fonts[f.attr("name")] = true
	}
	if !fonts["My Title"] || !fonts[`A"B`] || fonts["方正小标宋简体"] || !fonts["黑体"] {
		t.Errorf("%v", fonts)
	}
}

func TestSameDocumentSameBytes(t *testing.T) {
	var a, b bytes.Buffer
	for _, out := range []*bytes.Buffer{&a, &b} {
		if _, err := letter(Official, Chinese).WriteTo(out); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two files differ")
	}
}

type fullDisk struct{ left int }

var errFull = errors.New("no space left")

func (f *fullDisk) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestFailureToWriteIsTold(t *testing.T) {
	for _, room := range []int{0, 100, 2000, 4000} {
		if _, err := letter(Plain, Chinese).WriteTo(&fullDisk{room}); !errors.Is(err, errFull) {
			t.Errorf("with room for %d bytes: %v", room, err)
		}
	}
}

func TestAnyTextSurvives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		checkText(t, text)
	})
}

func FuzzDocument(f *testing.F) {
	f.Add("a<b>&\"'\x00\x0b\xff\r\n\t]]>")
	f.Fuzz(func(t *testing.T, text string) { checkText(t, text) })
}

type failer interface {
	Fatalf(format string, args ...any)
}

// checkText puts a text everywhere and looks for it in a paragraph.
func checkText(t failer, text string) {
	var out bytes.Buffer
	d := Document{Title: text, Number: text, Addressee: text, Attachments: []string{text}, Signature: text, Date: text,
		Blocks: []Block{Paragraph{Text: text}, Heading{Text: text}, Table{Caption: text, Columns: []Column{{Title: text}}, Rows: [][]string{{text}}}}}
	if _, err := d.WriteTo(&out); err != nil {
		t.Fatalf("%v", err)
	}
	body := d.writeBody(d.look())
	var root node
	if err := xml.Unmarshal(body, &root); err != nil {
		t.Fatalf("%v after %q", err, text)
	}
	got, found := "", false
	for _, p := range root.find("p") {
		for _, s := range p.find("pStyle") {
			if s.attr("val") != "BodyText" {
				continue
			}
			found = true
			p.walk(func(n node) {
				switch n.XMLName.Local {
				case "t":
					got += n.Text
				case "br":
					got += "\n"
				case "tab":
					got += "\t"
				}
			})
		}
	}
	if want := legible(unixLines(text)); !found || got != want {
		t.Fatalf("%q became %q", want, got)
	}
}

// legible replaces what XML cannot hold.
func legible(s string) string {
	var out strings.Builder
	for _, r := range s {
		ok := r == '\t' || r == '\n' || r >= ' ' && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000
		if !ok {
			r = utf8.RuneError
		}
		out.WriteRune(r)
	}
	return out.String()
}
