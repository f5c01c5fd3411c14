{{/* Each template here takes a dictionary: root (the chart's context), name, part. */}}

{{- define "wsis.labels" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/part-of: wsis
{{- end }}

{{/* The pods that serve, without those of migrations. */}}
{{- define "wsis.selector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/component: serves
{{- end }}

{{- define "wsis.image" -}}
{{- $image := .root.Values.image }}
{{- $service := .part.service | default .name }}
{{- with $image.registry }}{{ . }}/{{ end }}wsis-{{ $service }}:{{ $image.tag }}{{ with get $image.digests $service }}@{{ . }}{{ end }}
{{- end }}

{{/* Of a pod, whatever it runs: no right on the machine, none on the cluster. */}}
{{- define "wsis.pod" -}}
serviceAccountName: {{ .root.Release.Name }}
automountServiceAccountToken: false
enableServiceLinks: false # variables of a Service wsis-gateway would be read as settings: WSIS_GATEWAY_PORT
securityContext: { runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10001, fsGroup: 10001, seccompProfile: { type: RuntimeDefault } }
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - { name: {{ . }} }
  {{- end }}
{{- end }}
volumes:
  - { name: tmp, emptyDir: {} }
  {{- range .part.volumes }}
  - { name: {{ .name }}, persistentVolumeClaim: { claimName: {{ .claim }} } }
  {{- end }}
  {{- range .part.scratch }}
  - { name: {{ .name }}, emptyDir: { sizeLimit: {{ .size }} } }
  {{- end }}
  {{- if .part.files }}
  - { name: files, configMap: { name: wsis-{{ .name }} } }
  {{- else if .root.Values.caSecret }}
  - { name: ca, secret: { secretName: {{ .root.Values.caSecret }} } }
  {{- end }}
{{- end }}

{{/* Of its one container. */}}
{{- define "wsis.container" -}}
name: {{ .name }}
image: {{ .part.image | default (include "wsis.image" .) | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
{{- if not .part.image }}
envFrom:
  - secretRef: { name: {{ .part.secret | default (printf "wsis-%s" .name) }} }
env:
  - { name: WSIS_STOP_SECONDS, value: {{ .root.Values.stopSeconds | quote }} }
  {{- with .part.process }}
  - { name: PROCESS, value: {{ . }} }
  {{- end }}
  {{- if .root.Values.caSecret }}
  - { name: SSL_CERT_FILE, value: /etc/wsis/ca.crt }
  {{- end }}
  {{- range $key, $value := merge (dict) (.part.env | default dict) .root.Values.settings }}
  - { name: {{ $key }}, value: {{ $value | quote }} }
  {{- end }}
{{- end }}
securityContext:
  allowPrivilegeEscalation: false
  privileged: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
volumeMounts:
  - { name: tmp, mountPath: /tmp }
  {{- range .part.volumes }}
  - { name: {{ .name }}, mountPath: {{ .path }}, readOnly: {{ .readOnly | default false }} }
  {{- end }}
  {{- range .part.scratch }}
  - { name: {{ .name }}, mountPath: {{ .path }} }
  {{- end }}
  {{- if and .root.Values.caSecret (not .part.files) }}
  - { name: ca, mountPath: /etc/wsis, readOnly: true }
  {{- end }}
  {{- with .part.files }}
  {{- range $path, $_ := $.root.Files.Glob (printf "%s/*" .folder) }}
  - { name: files, mountPath: {{ $.part.files.path }}/{{ base $path }}, subPath: {{ base $path }}, readOnly: true }
  {{- end }}
  {{- end }}
resources: {{- toYaml .part.resources | nindent 2 }}
{{- end }}

{{/* A Job of a part at a `hook` of helm: takes `job`, its name, `delete`, `tries`, `seconds` and `command` too. */}}
{{- define "wsis.job" -}}
apiVersion: batch/v1
kind: Job
metadata:
  name: wsis-{{ .name }}-{{ .job }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "wsis.labels" . | nindent 4 }}
  annotations:
    helm.sh/hook: {{ .hook }}
    helm.sh/hook-delete-policy: {{ .delete }}
spec:
  backoffLimit: {{ .tries }}
  activeDeadlineSeconds: {{ .seconds }}
  template:
    metadata:
      labels: # the policies of the part hold for it
        {{- include "wsis.labels" . | nindent 8 }}
        app.kubernetes.io/component: {{ .job }}
    spec:
      {{- include "wsis.pod" . | nindent 6 }}
      restartPolicy: Never
      containers:
        - {{ include "wsis.container" . | indent 10 | trim }}
          command: {{ toJson .command }}
{{- end }}

{{/* A rule of a NetworkPolicy to or from peers: (list "to" peers ports). */}}
{{- define "wsis.rule" -}}
- {{ index . 0 }}: {{- toYaml (index . 1) | nindent 4 }}
  {{- with index . 2 }}
  ports:
    {{- range . }}
    - { protocol: TCP, port: {{ . }} }
    {{- if eq (toString .) "53" }}
    - { protocol: UDP, port: {{ . }} }
    {{- end }}
    {{- end }}
  {{- end }}
{{- end }}
