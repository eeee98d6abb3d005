package table

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// csvSource reads comma-separated records. It differs from encoding/csv in what uploaded files need:
// lines are counted as an editor counts them, a record with wrong quotation marks does not end the
// file, a quotation mark inside an unquoted cell is a character, and no record can take more than
// maxRecord bytes of memory.
type csvSource struct {
	in    *bufio.Reader
	comma byte
	eol   byte
	lines int // lines read so far
	// long and cells are memory for lines longer than the buffer and for quoted records.
	long  []byte
	text  []byte
	ends  []int
	count *countingReader
	total int64
}

type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// openText finds out the encoding and the separator and stands at the first line.
func openText(r io.ReaderAt, size int64, zipped bool, opt Options) (src *csvSource, controls bool, err error) {
	open := streamOf(r, size, zipped)
	f, err := survey(open, opt.MaxBytes)
	if err != nil {
		return nil, false, err
	}
	if f.bytes == 0 {
		return nil, false, &Problem{Code: EmptyFile}
	}
	if !f.utf8 {
		chinese, err := looksChinese(open)
		if err != nil {
			return nil, false, err
		}
		if !chinese {
			return nil, false, &Problem{Line: f.badLine, Code: BadEncoding}
		}
	}
	text, err := open()
	if err != nil {
		return nil, false, err
	}
	counted := &countingReader{r: text}
	text = counted
	if !f.utf8 {
		text = simplifiedchinese.GB18030.NewDecoder().Reader(text)
	}
	src = &csvSource{in: bufio.NewReaderSize(text, 128<<10), eol: '\n', count: counted, total: f.bytes}
	if f.cr && !f.lf {
		src.eol = '\r'
	}
	return src, f.controls, src.begin()
}

// begin skips the byte order mark and chooses the separator that the first line has most of.
func (s *csvSource) begin() error {
	if mark, err := s.in.Peek(len(utf8BOM)); err == nil && bytes.Equal(mark, utf8BOM) {
		if _, err := s.in.Discard(len(utf8BOM)); err != nil {
			return err
		}
	}
	head, err := s.in.Peek(4096)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	head = bytes.TrimLeft(head, "\r\n \t,;")
	if i := bytes.IndexByte(head, s.eol); i >= 0 {
		head = head[:i]
	}
	s.comma = ','
	most := 0
	for _, c := range []byte{',', '\t', ';'} {
		if n := bytes.Count(head, []byte{c}); n > most {
			s.comma, most = c, n
		}
	}
	return nil
}

func (s *csvSource) progress() float64 {
	return float64(s.count.n-int64(s.in.Buffered())) / float64(s.total)
}

func (s *csvSource) Close() error { return nil }

// readLine gives the next line without its end, and whether it had one. It may be memory that the
// next call uses again.
func (s *csvSource) readLine() (line []byte, ended bool, err error) {
	line, err = s.in.ReadSlice(s.eol)
	if errors.Is(err, bufio.ErrBufferFull) {
		s.long = append(s.long[:0], line...)
		for errors.Is(err, bufio.ErrBufferFull) && len(s.long) <= maxRecord {
			line, err = s.in.ReadSlice(s.eol)
			s.long = append(s.long, line...)
		}
		line = s.long
		if len(line) > maxRecord {
			return nil, false, &Problem{Line: s.lines + 1, Code: RowTooLong, Args: limit(maxRecord >> 20)}
		}
	}
	if err != nil && (!errors.Is(err, io.EOF) || len(line) == 0) {
		return nil, false, err
	}
	s.lines++
	if line[len(line)-1] != s.eol {
		return line, false, nil
	}
	line = line[:len(line)-1]
	if s.eol == '\n' && len(line) > 0 && line[len(line)-1] == '\r' {
		line = line[:len(line)-1]
	}
	return line, true, nil
}

func (s *csvSource) next(cells []string) (int, []string, *Problem, error) {
	line, ended, err := s.readLine()
	if err != nil {
		return s.lines + 1, cells[:0], nil, err
	}
	if bytes.IndexByte(line, '"') >= 0 {
		return s.quoted(line, ended, cells)
	}
	cells = cells[:0]
	for text := string(line); ; {
		i := strings.IndexByte(text, s.comma)
		if i < 0 {
			return s.lines, append(cells, text), nil, nil
		}
		cells = append(cells, text[:i])
		text = text[i+1:]
	}
}

// quoted reads a record that has quotation marks, over as many lines as it takes.
func (s *csvSource) quoted(line []byte, ended bool, cells []string) (int, []string, *Problem, error) {
	start := s.lines
	s.text, s.ends = s.text[:0], s.ends[:0]
	var bad *Problem
	for inside := false; ; {
		var sound bool
		inside, sound = s.split(line, inside)
		if !sound && bad == nil {
			bad = &Problem{Line: start, Code: BadQuote}
		}
		if !inside {
			break
		}
		if ended {
			s.text = append(s.text, '\n')
		}
		var err error
		line, ended, err = s.readLine()
		var long *Problem
		if errors.Is(err, io.EOF) || errors.As(err, &long) || len(s.text)+len(line) > maxRecord {
			return start, cells[:0], nil, &Problem{Line: start, Code: BadQuote}
		}
		if err != nil {
			return start, cells[:0], nil, err
		}
	}
	text, from := string(s.text), 0
	cells = cells[:0]
	for _, end := range s.ends {
		cells = append(cells, text[from:end])
		from = end
	}
	return start, cells, bad, nil
}

// split adds the cells of one line to the record; inside says that the line begins, and the answer
// that it ends, within quotation marks. sound is false where text follows a closing mark.
func (s *csvSource) split(line []byte, inside bool) (stillInside, sound bool) {
	sound = true
	for {
		if !inside && len(line) > 0 && line[0] == '"' {
			inside, line = true, line[1:]
		}
		for inside {
			i := bytes.IndexByte(line, '"')
			if i < 0 {
				s.text = append(s.text, line...)
				return true, sound
			}
			s.text = append(s.text, line[:i]...)
			line = line[i+1:]
			if len(line) > 0 && line[0] == '"' {
				s.text, line = append(s.text, '"'), line[1:]
				continue
			}
			inside = false
			if len(line) > 0 && line[0] != s.comma {
				sound = false
			}
		}
		i := bytes.IndexByte(line, s.comma)
		if i < 0 {
			s.text = append(s.text, line...)
			s.ends = append(s.ends, len(s.text))
			return false, sound
		}
		s.text = append(s.text, line[:i]...)
		s.ends = append(s.ends, len(s.text))
		line = line[i+1:]
	}
}
