package table

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

type fileKind int

const (
	kindText fileKind = iota
	kindGzip
	kindXLSX
)

// foreign lists the beginnings of files that people send by mistake, or under a wrong name.
var foreign = []struct{ magic, code string }{
	{"\xFF\xFE", UTF16},
	{"\xFE\xFF", UTF16},
	{"\xD0\xCF\x11\xE0", OldExcel},
	{"%PDF-", Binary},
	{"\x89PNG", Binary},
	{"\xFF\xD8\xFF", Binary},
	{"Rar!", Binary},
	{"7z\xBC\xAF", Binary},
}

// sniff tells the kinds of file that can be read; others are refused with the best reason.
func sniff(r io.ReaderAt, size int64) (fileKind, error) {
	head := make([]byte, min(size, 512))
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return kindText, err
	}
	if len(head) == 0 {
		return kindText, &Problem{Code: EmptyFile}
	}
	for _, f := range foreign {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return kindText, &Problem{Code: f.code}
		}
	}
	text := strings.ToLower(string(bytes.TrimSpace(bytes.TrimPrefix(head, utf8BOM))))
	for _, tag := range []string{"<html", "<!doctype html", "<table", "<?xml"} {
		if strings.HasPrefix(text, tag) {
			return kindText, &Problem{Code: HTML}
		}
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK")):
		return kindXLSX, nil
	case bytes.HasPrefix(head, []byte("\x1F\x8B")):
		return kindGzip, nil
	}
	return kindText, nil
}

var utf8BOM = []byte("\xEF\xBB\xBF")

// textStream opens the text of a file from its start.
type textStream func() (io.Reader, error)

func streamOf(r io.ReaderAt, size int64, zipped bool) textStream {
	if zipped {
		return (&unzipped{r: r, size: size}).open
	}
	return func() (io.Reader, error) { return io.NewSectionReader(r, 0, size), nil }
}

func unzip(r io.ReaderAt, size int64) (io.Reader, error) {
	text, err := gzip.NewReader(io.NewSectionReader(r, 0, size))
	if err != nil {
		return nil, gzipError(err)
	}
	return gzipReader{text}, nil
}

type gzipReader struct{ r io.Reader }

func (g gzipReader) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = gzipError(err)
	}
	return n, err
}

// gzipError tells damage in the file from failures to read it.
func gzipError(err error) error {
	for _, damage := range []error{gzip.ErrHeader, gzip.ErrChecksum, io.ErrUnexpectedEOF, io.EOF} {
		if errors.Is(err, damage) {
			return &Problem{Code: BadGzip}
		}
	}
	if strings.HasPrefix(err.Error(), "flate: ") {
		return &Problem{Code: BadGzip}
	}
	return err
}

// facts is what one look through the whole text finds out.
type facts struct {
	bytes    int64
	utf8     bool
	badLine  int // the first line that is not UTF-8
	lf, cr   bool
	controls bool
}

// survey looks through the whole text once: streaming rows cannot take back an encoding that turns
// out to be wrong in the last line.
func survey(open textStream, limitBytes int64) (facts, error) {
	f := facts{utf8: true}
	r, err := open()
	if err != nil {
		return f, err
	}
	buf := make([]byte, 128<<10)
	rest := 0 // bytes of an unfinished character carried to the front of buf
	lines := 1
	for {
		n, err := r.Read(buf[rest:])
		chunk := buf[:rest+n]
		if f.bytes += int64(n); f.bytes > limitBytes {
			return f, &Problem{Code: TooLarge, Args: limit(int(limitBytes >> 20))}
		}
		if bytes.IndexByte(chunk, 0) >= 0 {
			return f, nulProblem(chunk)
		}
		f.look(buf[rest : rest+n])
		atEnd := errors.Is(err, io.EOF)
		if f.utf8 {
			rest = f.checkUTF8(chunk, atEnd, &lines)
			copy(buf, chunk[len(chunk)-rest:])
		} else {
			rest = 0
		}
		if atEnd {
			return f, nil
		}
		if err != nil {
			return f, err
		}
	}
}

// nulProblem tells UTF-16 without a mark, where every other byte of Latin text is zero, from the rest.
func nulProblem(chunk []byte) *Problem {
	if zeros := bytes.Count(chunk, []byte{0}); zeros*10 > len(chunk)*2 && zeros*10 < len(chunk)*6 {
		return &Problem{Code: UTF16}
	}
	return &Problem{Code: Binary}
}

var controlByte = func() (table [256]bool) {
	for b := range 256 {
		table[b] = b < 0x80 && isControl(rune(b))
	}
	return table
}()

func (f *facts) look(chunk []byte) {
	f.lf = f.lf || bytes.IndexByte(chunk, '\n') >= 0
	f.cr = f.cr || bytes.IndexByte(chunk, '\r') >= 0
	if f.controls {
		return
	}
	for _, b := range chunk {
		if controlByte[b] {
			f.controls = true
			return
		}
	}
}

// checkUTF8 answers how many bytes at the end of chunk belong to a character still to be finished.
func (f *facts) checkUTF8(chunk []byte, atEnd bool, lines *int) int {
	rest := 0
	if !atEnd {
		rest = unfinished(chunk)
	}
	whole := chunk[:len(chunk)-rest]
	if utf8.Valid(whole) {
		*lines += bytes.Count(whole, []byte{'\n'})
		return rest
	}
	f.utf8 = false
	for len(whole) > 0 {
		r, size := utf8.DecodeRune(whole)
		if r == utf8.RuneError && size == 1 {
			break
		}
		if r == '\n' {
			*lines++
		}
		whole = whole[size:]
	}
	f.badLine = *lines
	return 0
}

// unfinished counts the bytes at the end of b that begin a character which b does not complete.
func unfinished(b []byte) int {
	for n := 1; n <= 3 && n <= len(b); n++ {
		if c := b[len(b)-n]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(b[len(b)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}

// openZip also turns a damaged directory into a problem.
func openZip(r io.ReaderAt, size int64) (*zip.Reader, error) {
	z, err := zip.NewReader(within{r, size}, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, damage(err)
	}
	return z, nil
}

// within tells a directory that points outside the file from a failure to read it.
type within struct {
	r    io.ReaderAt
	size int64
}

func (w within) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off > w.size {
		return 0, zip.ErrFormat
	}
	return w.r.ReadAt(p, off)
}
