package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"

	"plumbline/internal/fault"
)

// Blobs keeps files by the SHA-256 of their content. A file once put is never changed; putting the same content twice
// keeps one copy. Names, dates and owners are the database's.
type Blobs struct{ dir string }

var hashForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Put stores what r holds, at most limit bytes, and gives its hash (hex) and size. When it returns, the file is on
// disk. More than limit is a TooLarge fault; a full disk an Unavailable one; neither leaves anything behind.
func (b *Blobs) Put(r io.Reader, limit int64) (hash string, size int64, err error) {
	if err = os.MkdirAll(b.dir, 0o700); err != nil {
		return "", 0, plain(err)
	}
	f, err := os.CreateTemp(b.dir, "incoming-*")
	if err != nil {
		return "", 0, plain(err)
	}
	defer func() { _ = f.Close(); _ = os.Remove(f.Name()) }()
	sum := sha256.New()
	size, err = io.Copy(io.MultiWriter(f, sum), io.LimitReader(r, limit+1))
	if err != nil {
		return "", 0, plain(err)
	}
	if size > limit {
		return "", 0, fault.New(fault.TooLarge, "fault.too_large", "Limit", limit)
	}
	if err = f.Sync(); err != nil {
		return "", 0, plain(err)
	}
	hash = hex.EncodeToString(sum.Sum(nil))
	return hash, size, plain(b.keep(f.Name(), hash))
}

func (b *Blobs) keep(temp, hash string) error {
	path := b.path(hash)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// Open reads a stored file. An unknown hash is NotFound.
func (b *Blobs) Open(hash string) (io.ReadSeekCloser, error) {
	if !hashForm.MatchString(hash) {
		return nil, fault.Missing()
	}
	f, err := os.Open(b.path(hash))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fault.Missing()
	}
	return f, err
}

// Each visits every stored file's hash, in order.
func (b *Blobs) Each(visit func(hash string) error) error {
	return filepath.WalkDir(b.dir, func(path string, d os.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) && path == b.dir {
			return filepath.SkipAll
		}
		if err != nil || d.IsDir() || !hashForm.MatchString(d.Name()) {
			return err
		}
		return visit(d.Name())
	})
}

func (b *Blobs) path(hash string) string { return filepath.Join(b.dir, hash[:2], hash) }

// syncDir makes a rename durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
