package e2e

import (
	"net"
	"os"
	"path/filepath"
)

// s3Servers are the servers that the S3 tests run against.
var s3Servers = []launcher{versitygw(false), versitygw(true), minio(false), minio(true)}

func versitygw(https bool) launcher {
	return launcher{name: "versitygw", https: https, health: "/health", args: func(dir, addr string, cert certificate) ([]string, []string, error) {
		binary, err := goBuilt("versitygw", versitygwPackage, versitygwVersion)
		if err != nil {
			return nil, nil, err
		}
		data, versions := filepath.Join(dir, "data"), filepath.Join(dir, "versions")
		for _, d := range []string{data, versions} {
			if err := os.MkdirAll(d, 0o755); err != nil {
				return nil, nil, err
			}
		}
		command := []string{binary, "--access", accessKey, "--secret", secretKey, "--region", region, "--port", addr, "--quiet", "--health", "/health"}
		if https {
			command = append(command, "--cert", cert.cert, "--key", cert.key)
		}
		return append(command, "posix", "--versioning-dir", versions, data), nil, nil
	}}
}

func minio(https bool) launcher {
	return launcher{name: "minio", https: https, health: "/minio/health/cluster", args: func(dir, addr string, cert certificate) ([]string, []string, error) {
		binary, err := goBuilt("minio", minioPackage, minioVersion)
		if err != nil {
			return nil, nil, err
		}
		console, err := freeAddr()
		if err != nil {
			return nil, nil, err
		}
		command := []string{binary, "server", "--address", addr, "--console-address", console}
		if https {
			command = append(command, "--certs-dir", cert.dir)
		} else {
			command = append(command, "--certs-dir", filepath.Join(dir, "no-certs"))
		}
		env := []string{"MINIO_ROOT_USER=" + accessKey, "MINIO_ROOT_PASSWORD=" + secretKey, "MINIO_BROWSER=off", "MINIO_CI_CD=1", "MINIO_REGION=" + region, "HOME=" + dir}
		return append(command, filepath.Join(dir, "data")), env, nil
	}}
}

// moto imitates Lambda and S3. It has no RevisionId, no limit and no update
// in progress, so it shows that the requests are understood, not that the
// guards work.
func moto() launcher {
	return launcher{name: "moto", health: "/moto-api/data.json", args: func(dir, addr string, _ certificate) ([]string, []string, error) {
		python, err := pythonBuilt("moto", motoVersion, "moto[server]=="+motoVersion)
		if err != nil {
			return nil, nil, err
		}
		host, port, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, nil, err
		}
		return []string{filepath.Join(filepath.Dir(python), "moto_server"), "-H", host, "-p", port}, []string{"AWS_DEFAULT_REGION=" + region}, nil
	}}
}
