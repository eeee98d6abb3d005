package report

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
)

func office(main, types string, more ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range append([]string{"[Content_Types].xml", main}, more...) {
		f, _ := z.Create(name)
		_, _ = io.WriteString(f, types)
	}
	_ = z.Close()
	return b.Bytes()
}

var (
	docx = office("word/document.xml", `<Override ContentType="`+mimes[DOCX]+`.main+xml"/>`)
	xlsx = office("xl/workbook.xml", `<Override ContentType="`+mimes[XLSX]+`.main+xml"/>`)
	pdf  = []byte("%PDF-1.7\n%…")
	png  = []byte("\x89PNG\r\n\x1a\n....")
)

func sniff(b []byte) string { return Sniff(bytes.NewReader(b), int64(len(b))) }

func TestSniffLooksInside(t *testing.T) {
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"pdf": {pdf, PDF}, "png": {png, PNG}, "jpeg": {[]byte("\xff\xd8\xff\xe0JFIF"), JPEG}, "docx": {docx, DOCX}, "xlsx": {xlsx, XLSX},
		"empty": {nil, ""}, "page": {[]byte("<html><script>"), ""}, "program": {[]byte("MZ\x90"), ""}, "old office": {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), ""},
		"a bare archive":   {office("readme.txt", "x"), ""},
		"a named archive":  {office("word/document.xml", "x"), ""},
		"slides":           {office("ppt/presentation.xml", "presentationml.presentation.main+xml"), ""},
		"macros":           {office("word/document.xml", mimes[DOCX]+".main+xml", "word/vbaProject.bin"), ""},
		"macros by type":   {office("xl/workbook.xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml"), ""},
		"a cut-off docx":   {docx[:len(docx)-30], ""},
		"archive then pdf": {append([]byte("PK\x03\x04"), pdf...), ""},
	} {
		if got := sniff(c.content); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func FuzzSniff(f *testing.F) {
	for _, b := range [][]byte{docx, xlsx, pdf, png, docx[:40], office("word/document.xml", "x", "word/vbaProject.bin")} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		kind := sniff(b)
		if kind != "" && MIME(kind) == "application/octet-stream" {
			t.Fatalf("an unknown kind %q", kind)
		}
		if (kind == DOCX || kind == XLSX) && bytes.Contains(b, []byte("vbaProject.bin")) {
			if z, err := zip.NewReader(bytes.NewReader(b), int64(len(b))); err == nil {
				for _, f := range z.File {
					if strings.HasSuffix(f.Name, "vbaProject.bin") {
						t.Fatal("macros were taken")
					}
				}
			}
		}
	})
}

func FuzzCleanName(f *testing.F) {
	for _, s := range []string{"表.xlsx", `C:\a\b.pdf`, "../../etc/passwd", "\u202egpj.exe", "a\x00b", "", ".", strings.Repeat("长", 300) + ".docx"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := CleanName(s, PDF)
		if !strings.HasSuffix(strings.ToLower(got), ".pdf") || strings.ContainsAny(got, "/\\\"\r\n") || !utf8.ValidString(got) || utf8.RuneCountInString(got) > maxName+4 ||
			strings.ContainsFunc(got, unicode.IsControl) {
			t.Fatalf("%q gives %q", s, got)
		}
	})
}

func TestCleanName(t *testing.T) {
	for in, want := range map[string]string{
		`C:\Users\x\指标表.PDF`: "指标表.pdf", "scan": "scan.pdf", "photo.png": "photo.png.pdf", "../a.pdf": "a.pdf", "": "file.pdf", "\u202efdp.exe": "fdp.exe.pdf",
	} {
		if got := CleanName(in, PDF); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := CleanName("a.JPG", JPEG); got != "a.jpg" {
		t.Error(got)
	}
}

func upload(name string, b []byte) Upload { return Upload{name, int64(len(b)), bytes.NewReader(b)} }

func TestAttachments(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		f, err := w.s.Attach(ctx, clerk, 20, upload("指标表.xlsx", xlsx))
		w.must(err)
		if f.Name != "指标表.xlsx" || f.Kind != XLSX || len(f.Hash) != 64 || f.By != "Clerk" {
			t.Fatalf("%+v", f)
		}
		_, err = w.s.Attach(ctx, clerk, 20, upload("x.pdf", []byte("<html>")))
		w.fails(err, fault.Invalid, "fault.report.file_kind")
		_, err = w.s.Attach(ctx, clerk, 20, upload("x.pdf", nil))
		w.fails(err, fault.Invalid, "fault.report.file_empty")
		_, err = w.s.Attach(ctx, clerk, 20, Upload{"x.pdf", MaxFile + 1, bytes.NewReader(pdf)})
		w.fails(err, fault.TooLarge, "fault.report.file_large")
		_, err = w.s.Attach(ctx, bureau, 20, upload("x.pdf", pdf))
		w.fails(err, fault.Forbidden, "")

		open := func(a authz.Actor) error {
			_, body, err := w.s.File(ctx, a, w.pol.Scope(a, authz.Read), 20, f.ID)
			if err == nil {
				b, _ := io.ReadAll(body)
				_ = body.Close()
				if !bytes.Equal(b, xlsx) {
					t.Fatal("another file came back")
				}
			}
			return err
		}
		w.must(open(clerk))
		w.fails(open(bureau), fault.NotFound, "") // not handed in yet
		w.fails(open(stander), fault.NotFound, "")

		w.must(w.s.Detach(ctx, clerk, 20, f.ID))
		w.must(w.s.Detach(ctx, clerk, 20, f.ID))
		if n := len(w.draft(clerk, 20).Content.Files); n != 0 {
			t.Fatal("still there")
		}
		w.must(w.s.Reattach(ctx, clerk2, 20, f.ID))
		w.fails(w.s.Detach(ctx, clerk, 10, f.ID), fault.NotFound, "") // another report's file
		w.save(clerk, 20, "results", "See the table.")
		w.submit(20)
		w.must(open(bureau))
		w.fails(w.s.Detach(ctx, clerk, 20, f.ID), fault.Invalid, "fault.report.is_submitted")
		w.must(w.s.Remark(ctx, bureau, NewRemark{20, 1, "", "Without the table."}))
		w.must(w.s.Return(ctx, bureau, 20, 1, ""))
		w.must(w.s.Detach(ctx, clerk, 20, f.ID))
		w.must(open(bureau)) // the version that was handed in keeps it
		for range MaxFiles {
			_, err = w.s.Attach(ctx, clerk, 20, upload("x.pdf", pdf))
			w.must(err)
		}
		_, err = w.s.Attach(ctx, clerk, 20, upload("x.pdf", pdf))
		w.fails(err, fault.Invalid, "fault.report.too_many_files")
	})
}
