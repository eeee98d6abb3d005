package table

import "io"

// At reads anywhere in a stored file, as Open asks for; it belongs to one goroutine.
type At struct{ File io.ReadSeeker }

// ReadAt is that of io.ReaderAt.
func (r At) ReadAt(p []byte, off int64) (int, error) {
	if at, ok := r.File.(io.ReaderAt); ok {
		return at.ReadAt(p, off)
	}
	if _, err := r.File.Seek(off, io.SeekStart); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(r.File, p)
	if err == io.ErrUnexpectedEOF {
		err = io.EOF
	}
	return n, err
}
