// mago3d admin
document.getElementById('script').textContent = 'Style, image and script of the admin site come from Apache.';
